import { withAnySignal } from '../../system/any-signal.ts';
import type { ProofRequest } from '../act/action.ts';
import type { Clock } from '../../system/clock.ts';
import type { Failure } from '../outcome.ts';
import type { ProcessTable } from '../target/processes.ts';
import { type Look, pollUntilSeen } from './poll.ts';
import { watchSurvival } from './survive.ts';
import { awaitTaken } from './taken.ts';

export type ProveParts = {
  clock: Clock;
  table: ProcessTable;
  surviveMs: number;
  /** How to look for content with this hash in the app, if that is configured. */
  look: ((hash: string) => Look) | undefined;
  verifyTimeoutMs: number;
  /** How long a target may take until it takes a signal. */
  timeoutMs: number;
};

/**
 * The targets have taken the signal, live on, and the app shows the new content. A signal is taken some time after it was
 * sent, and an app that says "the last reload succeeded" may until then mean the one before: it is
 * asked after it has had that time, while its life is watched from the start to the end. The first
 * failure ends it: an app that has died need not be asked any more.
 */
export async function prove(
  parts: ProveParts,
  { targets, hash, sent }: Pick<ProofRequest, 'targets' | 'hash' | 'sent'>,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { clock, table, surviveMs, look, verifyTimeoutMs } = parts;
  const notTaken = sent === undefined ? undefined : await awaitTaken(targets, sent, parts, signal);
  if (notTaken) return notTaken;
  if (look === undefined) {
    return await watchSurvival(targets, surviveMs, { clock, table, sent }, signal);
  }
  const stop = new AbortController();
  return await withAnySignal([signal, stop.signal], async (within) => {
    let waiting = true;
    const ask = async (): Promise<Failure | undefined> => {
      await clock.sleep(surviveMs, within);
      return await pollUntilSeen(look(hash), verifyTimeoutMs, clock, within);
    };
    const seen = ask().finally(() => {
      waiting = false;
    });
    const isWaiting = (): boolean => waiting;
    const survived = watchSurvival(targets, surviveMs, { clock, table, isWaiting, sent }, within);
    try {
      return await firstFailure(seen, survived);
    } finally {
      stop.abort();
      await Promise.allSettled([seen, survived]);
    }
  });
}

async function firstFailure(
  ...proofs: readonly Promise<Failure | undefined>[]
): Promise<Failure | undefined> {
  const failures = proofs.map(async (proof) => {
    const failure = await proof;
    // A proof that succeeded leaves the word to the other.
    return failure ?? (await Promise.all(proofs)).find((other) => other !== undefined);
  });
  return await Promise.race(failures);
}
