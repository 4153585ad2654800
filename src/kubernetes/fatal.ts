import { type ExitCode, exitCodes, FatalError, toError } from '../system/errors.ts';
import { KubeProblem, type ProblemKind } from './problem.ts';

type FatalInit = {
  message: string;
  remedy: string;
  /** Default: 4, as for all that the cluster has to do with. */
  exitCode?: ExitCode;
  cause?: unknown;
};

export type Fatal = FatalError & { remedy: string };

/** The end of a command, with what the user can do about it. */
export function fatal({ message, remedy, exitCode, cause }: FatalInit): Fatal {
  const error = new FatalError(message, exitCode ?? exitCodes.reloadFailed, { cause });
  return Object.assign(error, { remedy });
}

/** What a person can do about it, who is not in a pod, and whom nobody tries again for. */
const REMEDIES: Readonly<Partial<Record<ProblemKind, string>>> = {
  unauthorized: 'log in again, or choose another user with --kubeconfig or --context',
  'not-found': 'check the name, --namespace and --context',
  conflict: 'run it again: somebody was faster',
  throttled: 'run it again in a while',
  unreachable: 'check that the cluster is up, and that --context is the right one',
  'timed-out': 'run it again; if it stays so, look at the API server and its webhooks',
};

/** A problem with the API, as the end of a command. Anything else is handed on as it is. */
export function asFatal(error: KubeProblem): Fatal;
export function asFatal(error: unknown): Error;
export function asFatal(error: unknown): Error {
  if (!(error instanceof KubeProblem)) return toError(error);
  return fatal({
    message: error.message.replace(/^the service account may not/, 'you may not'),
    remedy: (REMEDIES[error.kind] ?? error.remedy).replace(/^add to its Role/, 'add to a Role'),
    cause: error,
  });
}
