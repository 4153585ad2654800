import type { Process } from './process.ts';
import type { Recall } from './workers.ts';

/** What came of a look at all processes. */
type Look = {
  /** Those that there were. */
  pids: string;
  /** Which workers were not read for it; `undefined`: all were. */
  workers: Recall | undefined;
  found: readonly Process[];
};

/** Shares the last look with those that come right after it. */
export type Lately = {
  keep: (look: Look) => void;
  /** What was found then; `undefined` if it is too long ago, others run now, or it will not do. */
  recall: (pids: string, workers: Recall | undefined) => readonly Process[] | undefined;
};

/** For so long a look holds for those that do not act. */
const LATELY_MS = 1000;

/** At a start, each rule, its outlook and doctor look at the same processes within a few milliseconds. */
export function createLately(now: () => number = () => performance.now()): Lately {
  // Thousands of processes are megabytes: they go with the next collection of garbage.
  let last:
    (Omit<Look, 'found'> & { found: WeakRef<readonly Process[]>; atMs: number }) | undefined;
  return {
    keep: ({ found, ...look }) => {
      last = { ...look, found: new WeakRef(found), atMs: now() };
    },
    recall: (pids, workers) => {
      if (last?.pids !== pids || now() - last.atMs >= LATELY_MS) return undefined;
      const suits = last.workers === undefined || last.workers === workers;
      return suits ? last.found.deref() : undefined;
    },
  };
}
