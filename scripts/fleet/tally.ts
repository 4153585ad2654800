/** Times of things that happened, in milliseconds. */
export type Times = {
  note: (ms: number) => void;
  count: () => number;
  /** The most within any second. */
  peakPerSecond: () => number;
  /** Over the whole seconds that they took. */
  meanPerSecond: () => number;
  mean: () => number;
  /** The time by which that share of them had happened. */
  by: (share: number) => number;
};

export function createTimes(): Times {
  const times: number[] = [];
  const sorted = (): Float64Array => Float64Array.from(times).toSorted();

  return {
    note: (ms) => void times.push(ms),
    count: () => times.length,
    peakPerSecond: () => {
      const all = sorted();
      let first = 0;
      return all.reduce((most, ms, last) => {
        while ((all[first] ?? ms) <= ms - 1000) first += 1;
        return Math.max(most, last - first + 1);
      }, 0);
    },
    meanPerSecond: () => {
      const all = sorted();
      const seconds = Math.ceil(((all.at(-1) ?? 0) - (all[0] ?? 0)) / 1000);
      return times.length / Math.max(1, seconds);
    },
    mean: () => times.reduce((sum, ms) => sum + ms, 0) / Math.max(1, times.length),
    by: (share) => sorted()[Math.max(0, Math.ceil(share * times.length) - 1)] ?? 0,
  };
}
