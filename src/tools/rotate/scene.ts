import type { Clock } from '../../system/clock.ts';
import type { KubeClient } from '../../kubernetes/client.ts';
import type { WorkloadReference } from '../../kubernetes/rollout/workload.ts';
import type { Family } from './family.ts';

/** What every part of a rotation works with. */
export type Scene = {
  client: KubeClient;
  namespace: string;
  family: Family;
  reference: WorkloadReference;
  clock: Clock;
  /** Prints a line about what was done. */
  say: (line: string) => void;
  /** Prints a line about what was left undone. */
  warn: (line: string) => void;
  /** Takes down how things stand, for the case that it ends here; `undefined`: nothing is open. */
  stage: (text: string | undefined) => void;
  /** Let the API server check everything, and change nothing. */
  dryRun: boolean;
};

/** `deployment/app`. */
export function describeWorkload({ kind, name }: WorkloadReference): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** What is said behind a line about a change that was not made. */
export function mark({ dryRun }: Pick<Scene, 'dryRun'>): string {
  return dryRun ? ' (server dry run)' : '';
}

/** The query of a request that writes. */
export function writeQuery({ dryRun }: Pick<Scene, 'dryRun'>): Record<string, string> {
  return dryRun ? { dryRun: 'All' } : {};
}
