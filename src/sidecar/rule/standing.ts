import type { Process } from '../target/processes.ts';
import type { Resolution } from '../target/resolution.ts';

/** How the targets stand to some content, by a look at them. */
export type Standing = {
  /** Targets that have it. */
  holders: readonly Process[];
  /** There are others, or may be, that have not read it. */
  doubt: boolean;
  /** Identities of targets that have other content. */
  stale?: readonly string[];
};

/** Nobody is to be found: whoever starts from now on will have read what is there. */
export const nobody: Standing = { holders: [], doubt: false };

/** `undefined` where the targets cannot be told now. */
export function standingOf(
  resolution: Resolution,
  holds: (target: Process) => boolean,
): Standing | undefined {
  if ('failure' in resolution) return undefined;
  const holders = resolution.targets.filter(holds);
  return { holders, doubt: holders.length < resolution.targets.length };
}
