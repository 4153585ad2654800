import type { ReloadRequest } from '../act/action.ts';
import type { Clock } from '../clock.ts';
import type { Failure } from '../outcome.ts';
import type { ProcessTable } from '../target/processes.ts';
import { type Look, pollUntilSeen } from './poll.ts';
import { watchSurvival } from './survive.ts';

export type ProveParts = {
  clock: Clock;
  table: ProcessTable;
  surviveMs: number;
  /** How to look for content with this hash in the app, if that is configured. */
  look: ((hash: string) => Look) | undefined;
  verifyTimeoutMs: number;
};

/**
 * The targets live on and the app shows the new content. A signal is taken some time after it was
 * sent, and an app that says "the last reload succeeded" may until then mean the one before: it is
 * asked after it has had that time, while its life is watched from the start to the end. The first
 * failure ends it: an app that has died need not be asked any more.
 */
export async function prove(
  parts: ProveParts,
  { targets, hash }: Pick<ReloadRequest, 'targets' | 'hash'>,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { clock, table, surviveMs, look, verifyTimeoutMs } = parts;
  if (look === undefined) {
    return await watchSurvival(targets, surviveMs, { clock, table }, signal);
  }
  const stop = new AbortController();
  const within = AbortSignal.any([signal, stop.signal]);
  let waiting = true;
  const ask = async (): Promise<Failure | undefined> => {
    await clock.sleep(surviveMs, within);
    return await pollUntilSeen(look(hash), verifyTimeoutMs, clock, within);
  };
  const seen = ask().finally(() => {
    waiting = false;
  });
  const isWaiting = (): boolean => waiting;
  const survived = watchSurvival(targets, surviveMs, { clock, table, isWaiting }, within);
  try {
    return await firstFailure(seen, survived);
  } finally {
    stop.abort();
    await Promise.allSettled([seen, survived]);
  }
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
