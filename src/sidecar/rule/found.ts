import type { Process } from '../target/processes.ts';
import type { Resolution } from '../target/resolution.ts';

/** What a look at the targets tells of some content. */
export type Found = {
  /** Targets that have it. */
  holders: readonly Process[];
  /** There are others, or may be, that have not read it. */
  doubt: boolean;
  /** Identities of targets that have other content. */
  stale?: readonly string[];
};

/** Nobody is to be found: whoever starts from now on will have read what is there. */
export const nobody: Found = { holders: [], doubt: false };

/** `undefined` where the targets cannot be told now. */
export function sortTargets(
  resolution: Resolution,
  holds: (target: Process) => boolean,
): Found | undefined {
  if ('failure' in resolution) return undefined;
  const holders = resolution.targets.filter(holds);
  return { holders, doubt: holders.length < resolution.targets.length };
}
