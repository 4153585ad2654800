import { actMutants } from './list/act.ts';
import { loopMutants } from './list/loop.ts';
import { ruleMutants } from './list/rule.ts';
import { snapshotMutants } from './list/snapshot.ts';
import { targetMutants } from './list/target.ts';
import { watchMutants } from './list/watch.ts';
import type { Mutant } from './mutant.ts';

/** All of them, by the stage of the loop that they are in. */
export const mutants: readonly Mutant[] = [
  ...watchMutants,
  ...snapshotMutants,
  ...loopMutants,
  ...ruleMutants,
  ...targetMutants,
  ...actMutants,
];
