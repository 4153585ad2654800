import { inflate, type Pump } from './pumps.ts';

/** Work that grows faster than the text; times in milliseconds of the processor. */
export interface Growth {
  readonly pump: Pump;
  /** Of the larger text. */
  readonly length: number;
  readonly largeMs: number;
  /** For a text of an eighth of that. */
  readonly smallMs: number;
}

const STEP = 8;

/** Between the eight times that are in proportion, and the sixty-four of each character meeting all others. */
const LIMIT = STEP ** 1.5;
const DOUBLE_LIMIT = 2 ** 1.5;

/** Every text is tried at this length. */
const LENGTH = 10_000;
const LONGEST = 1_280_000;

/** No machine meets each of so many characters with all others in that time. */
const HARMLESS_MS = 1;

/** Long enough to be told from the grain of the clock, after a division by sixty-four too. */
const MEASURABLE_MS = 30;

/** Whatever comes between once does not come between each time. */
const CONFIRMATIONS = 3;

/** The first of these texts with which the work grows out of proportion, if there is one. */
export function findGrowth(
  run: (text: string) => unknown,
  pumps: readonly Pump[],
): Growth | undefined {
  for (const pump of pumps) {
    if (least(run, inflate(pump, LENGTH), 3, HARMLESS_MS) <= HARMLESS_MS) continue;
    const length = findMeasurable(run, pump);
    let growth: Growth | undefined;
    for (let count = 0; count < CONFIRMATIONS; count += 1) {
      growth = measure(run, pump, length);
      if (growth === undefined) break;
    }
    if (growth !== undefined) return growth;
  }
  return undefined;
}

/** How fast the machine is decides on the length, not on the verdict. */
function findMeasurable(run: (text: string) => unknown, pump: Pump): number {
  let length = LENGTH;
  while (length < LONGEST && least(run, inflate(pump, length), 1) < MEASURABLE_MS) length *= 2;
  return length;
}

function measure(run: (text: string) => unknown, pump: Pump, length: number): Growth | undefined {
  const largeMs = least(run, inflate(pump, length), 2);
  const smallMs = least(run, inflate(pump, length / STEP), 6);
  if (largeMs <= LIMIT * smallMs) return undefined;
  // What collecting garbage adds comes once; what grows goes on growing.
  const doubleMs = least(run, inflate(pump, 2 * length), 3);
  return doubleMs > DOUBLE_LIMIT * largeMs ? { pump, length, largeMs, smallMs } : undefined;
}

/**
 * Of some times, the least, since nothing makes work faster than it is; ends early where it is short
 * enough. The time of the processor, which does not pass while others have it.
 */
function least(run: (text: string) => unknown, text: string, times: number, enoughMs = 0): number {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < times && bestMs > enoughMs; count += 1) {
    const start = process.cpuUsage();
    run(text);
    const { user, system } = process.cpuUsage(start);
    bestMs = Math.min(bestMs, (user + system) / 1000);
  }
  return bestMs;
}
