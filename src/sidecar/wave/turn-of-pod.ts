import { inBackground } from '../../system/background.ts';
import type { Told } from '../rule/gate.ts';
import type { HandInput } from './hand.ts';
import { createLead, type Standing } from './lead.ts';
import type { Verdict } from './record.ts';

/** Whoever is asked to stop hands over what it holds, if that takes no longer. */
const HAND_OVER_MS = 2000;

/** One content in this pod: what it does for the others runs beside its reloads, one after the other. */
export type PodTurn = AsyncDisposable & {
  readonly standing: Readonly<Standing>;
  /** The first turn is this pod's. */
  take: () => void;
  /** This pod had rejected it, before rehup was restarted. */
  rememberRejected: () => void;
  conclude: (told: Told) => void;
  /** It could not act: the first turn is given back. */
  pass: () => void;
  announce: (verdict: Verdict) => void;
};

export type TurnInput = HandInput & {
  /** What nobody expected. */
  onBug: (error: Error) => void;
};

export function createPodTurn(input: TurnInput, hash: string, clears: boolean): PodTurn {
  const standing: Standing = { leads: false, rejected: false, clears };
  const running = new Set<AsyncDisposable>();
  let last: AsyncDisposable | undefined;
  let isKept = false;

  const start = (work: (signal: AbortSignal) => Promise<void>): AsyncDisposable => {
    const job = inBackground(
      async (signal) => await work(signal).finally(() => running.delete(job)),
      input.onBug,
    );
    running.add(job);
    return job;
  };
  /** What was under way for an earlier attempt is over with the next one. */
  const startNext = (work: (signal: AbortSignal) => Promise<void>): void => {
    const before = last;
    last = start(async (signal) => {
      await before?.[Symbol.asyncDispose]();
      await work(signal);
    });
  };
  const keep = (): void => {
    standing.leads = true;
    if (isKept) return;
    isKept = true;
    start(async (signal) => {
      await lead.renew(signal);
      isKept = false;
    });
  };
  const lead = createLead({ ...input, keep }, hash, standing);
  return {
    standing,
    take: keep,
    rememberRejected: () => {
      standing.rejected = true;
    },
    conclude: (told) => startNext(async (signal) => await lead.conclude(told, signal)),
    pass: () => {
      if (standing.leads) startNext(lead.release);
    },
    announce: (verdict) => startNext(async (signal) => await lead.announce(verdict, signal)),
    [Symbol.asyncDispose]: async () => {
      const { leads } = standing;
      await Promise.all([...running].map(async (job) => await job[Symbol.asyncDispose]()));
      // Whatever stands against it: the Lease expires.
      if (leads) await lead.release(AbortSignal.timeout(HAND_OVER_MS)).catch(() => {});
    },
  };
}
