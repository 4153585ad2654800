import { KubeProblem, type ProblemKind } from '../../src/kubernetes/problem.ts';

/** A problem with the API: `unreachable`, unless said otherwise. */
export function buildProblem(
  kind: ProblemKind = 'unreachable',
  more: { retryAfterMs?: number; message?: string } = {},
): KubeProblem {
  return new KubeProblem({ kind, message: `${kind}, of the test`, remedy: 'none', ...more });
}
