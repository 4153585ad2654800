import type { Arrival } from './app.ts';

/** One update by the bench; times of `process.hrtime` in nanoseconds. */
export type Update = {
  generation: number;
  /** Before its first step. */
  beganAt: bigint;
  /** Right before the rename of `..data`. */
  renamedAt: bigint;
  /** Somebody else, the kubelet, had written since the update before. */
  disturbed: boolean;
};

export type Matched = {
  /** Updates that were looked at. */
  counted: number;
  /** From the rename to the first signal at which the app could read the new content, of each update that had one. */
  latenciesMs: readonly number[];
  /** Updates that were followed by no signal, or by several, before the next. */
  notOne: number;
  /** Those of them with several. */
  several: number;
  /** Signals between the first step of an update and its rename. */
  early: number;
  /** Updates beside one of the kubelet's own. */
  leftOut: number;
};

const NANOSECONDS = 1e6;

/**
 * Which signal belongs to which update: whatever comes between it and the next one. The last update is not
 * counted, it is the end of the one before.
 */
export function matchUpdates(updates: readonly Update[], arrivals: readonly Arrival[]): Matched {
  const latenciesMs: number[] = [];
  let [counted, notOne, several, early, leftOut] = [0, 0, 0, 0, 0];
  for (const [index, update] of updates.entries()) {
    const next = updates[index + 1];
    if (next === undefined) break;
    const { beganAt, renamedAt, generation } = update;
    if (update.disturbed || next.disturbed) {
      leftOut += 1;
      continue;
    }
    counted += 1;
    const mine = arrivals.filter(({ at }) => at >= beganAt && at < next.beganAt);
    early += mine.filter(({ at }) => at < renamedAt).length;
    if (mine.length !== 1) notOne += 1;
    if (mine.length > 1) several += 1;
    const told = mine.find(
      (arrival) => arrival.at >= renamedAt && arrival.generation === generation,
    );
    if (told) latenciesMs.push(Number(told.at - renamedAt) / NANOSECONDS);
  }
  return { counted, latenciesMs, notOne, several, early, leftOut };
}

/** Updates after which the app was not told in time of what they brought, or of something newer. */
export function findLost(
  updates: readonly Update[],
  arrivals: readonly Arrival[],
  withinMs: number,
): Update[] {
  return updates.filter(({ generation, renamedAt }) => {
    const until = renamedAt + BigInt(withinMs) * BigInt(NANOSECONDS);
    return !arrivals.some(
      (arrival) =>
        arrival.at >= renamedAt && arrival.at <= until && (arrival.generation ?? -1) >= generation,
    );
  });
}
