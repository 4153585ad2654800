import type { Clock } from '../clock.ts';
import type { Settings } from '../config/options.ts';
import type { AttemptParts } from '../rule/attempt.ts';
import type { ProcessTable } from '../target/processes.ts';
import { watchSurvival } from './survive.ts';

/** Whether the app is ready for a reload. */
export function createReadyCheck(_: Settings): AttemptParts['awaitReady'] {
  return () => Promise.resolve(undefined);
}

export type ProofParts = { table: ProcessTable; clock: Clock; endsTarget: boolean };

/** The proof that the reload worked: the targets live on. */
export function createProof(
  { survive }: Settings,
  { table, clock, endsTarget }: ProofParts,
): AttemptParts['prove'] {
  return async ({ targets }, signal) =>
    endsTarget ? undefined : await watchSurvival(targets, survive, { clock, table }, signal);
}
