import type { Held } from '../support/bundled-daemon.ts';

export interface SoakRecord {
  readonly updates: number;
  /** How often the app was signalled, by its own account. */
  readonly loads: number;
  /** The hash of what was applied, by the log, in its order. */
  readonly reloads: readonly string[];
  /** What rehup counts as reloads. */
  readonly reloadsCounted: number;
  /**
   * What rehup had at each rest, with its anonymous memory in KiB. Under load, the heap of V8 is a saw
   * of some MiB; at rest rehup has collected its garbage, and what is left is what it holds on to.
   */
  readonly rests: readonly (Held & { readonly kib: number })[];
  /** Lines of the log on the levels warn and error, and all of stderr. */
  readonly complaints: readonly string[];
  /** What did not go well on the way. */
  readonly failures: readonly string[];
}

/** The budget: what memory may grow by, from the warm daemon to the end. */
export const GROWTH_BUDGET_KIB = 1024;

/**
 * What rests of a daemon that holds the same differ by: the pages that V8 and malloc keep for later,
 * and what V8 still compiles. Objects and buffers are counted exactly, and have no such allowance.
 */
const PAGES_NOISE_KIB = 1024;

/** All that is wrong with a run, in words; none of it depends on the speed of the machine. */
export function findViolations(record: SoakRecord): string[] {
  const { updates, loads, reloads, reloadsCounted, rests, complaints, failures } = record;
  const growth = growthKiB(record);
  const before = rests[WARM];
  const after = rests.at(-1);
  return [
    ...failures,
    ...complaints.map((line) => `complaint: ${line}`),
    ...(loads > updates ? [`${loads} signals for ${updates} updates`] : []),
    ...findNeedless(reloads).map((hash) => `a reload for what was applied already: ${hash}`),
    ...(reloadsCounted === loads && reloads.length === loads
      ? []
      : [
          `${loads} reloads by the app, ${reloads.length} by the log, ${reloadsCounted} by /metrics`,
        ]),
    ...differ('open files', before?.descriptors, after?.descriptors),
    ...differ('timers and handles', before?.resources, after?.resources),
    ...differ('inotify watches', before?.watches, after?.watches),
    ...exceeds('anonymous memory', growth, GROWTH_BUDGET_KIB + PAGES_NOISE_KIB),
    ...exceeds(
      'objects and buffers',
      ((after?.bytes ?? 0) - (before?.bytes ?? 0)) / 1024,
      GROWTH_BUDGET_KIB,
    ),
  ];
}

function exceeds(what: string, growth: number, allowed: number): string[] {
  if (growth <= allowed) return [];
  return [`${what} grew by ${Math.round(growth)} KiB, of ${allowed} KiB allowed`];
}

function differ(
  what: string,
  before: readonly string[] = [],
  after: readonly string[] = [],
): string[] {
  if (before.join('\n') === after.join('\n')) return [];
  return [`${what}: ${count(before)} halfway, ${count(after)} at the end`];
}

/** `2 × a, b` */
function count(names: readonly string[]): string {
  const kinds = [...new Set(names)].map((kind) => {
    const times = names.filter((name) => name === kind).length;
    return times === 1 ? kind : `${times} × ${kind}`;
  });
  return kinds.join(', ') || 'none';
}

/** The second rest, after half of the run: by then all is loaded, and the allocators have found their size. */
const WARM = 1;

/** In KiB, from the warm daemon to the end of the run. */
export function growthKiB({ rests }: Pick<SoakRecord, 'rests'>): number {
  return (rests.at(-1)?.kib ?? 0) - (rests[WARM]?.kib ?? 0);
}

/** Those with the hash of the one before them: content that was applied already. */
function findNeedless(reloads: readonly string[]): string[] {
  return reloads.filter((hash, index) => hash === reloads[index - 1]);
}
