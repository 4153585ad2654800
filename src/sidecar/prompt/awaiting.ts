import { addChange, type Awaited, type MountWait } from './mount-wait.ts';
import {
  afterArrival,
  afterPatch,
  isExhausted,
  isOver,
  isUnsent,
  joinAsk,
  planAsk,
  SPACING_MS,
  withoutPatches,
} from './schedule.ts';

/**
 * All that is awaited. Knows what each mount held before, which changes are to arrive there, and how
 * the patches so far went. Decides what has arrived, what is given up, and when the kubelet is asked
 * next, for which mounts. Times on `Clock.elapsed`.
 */
export type Awaiting = {
  /** By the path of the mount. */
  waits: ReadonlyMap<string, MountWait>;
  /** No patch before that. */
  notBeforeMs: number;
  /** Patches that were refused since the last one that was not. */
  failures: number;
};

export const nothingAwaited: Awaiting = {
  waits: new Map(),
  notBeforeMs: Number.NEGATIVE_INFINITY,
  failures: 0,
};

export type Noted = {
  change: Awaited;
  /** Hash of what the mount holds now; `undefined`: it cannot be read. */
  before: string | undefined;
  /** Until the patch, in milliseconds; `undefined`: the kubelet is not to be asked. */
  delayMs: number | undefined;
};

/** An object has moved. What has not been asked for yet is asked for together with it. */
export function note(
  awaiting: Awaiting,
  { change, before, delayMs }: Noted,
  nowMs: number,
): Awaiting {
  const { path } = change.mount;
  const earlier = awaiting.waits.get(path);
  const unsent = [...awaiting.waits.values()].map((wait) => wait.ask).filter(isUnsent);
  const { doubtful = false } = change;
  const planned = planAsk(nowMs, delayMs ?? 0, { earlier: earlier?.ask, unsent, doubtful });
  const ask = delayMs === undefined ? withoutPatches(planned) : planned;
  const waits = new Map(
    [...awaiting.waits].map(([at, other]) => [at, { ...other, ask: joinAsk(other.ask, ask) }]),
  );
  return { ...awaiting, waits: waits.set(path, addChange(earlier, { change, before, ask })) };
}

/** What a reading of a mount means for what is awaited there. */
export type Sighting =
  /** @property more Something may still be to come. */
  { seen: 'arrived'; more: boolean } | { seen: 'given-up' } | { seen: 'nothing' };

/**
 * The kubelet has had all its time: what holds the same content then will not change any more.
 *
 * @param hash Of what the mount holds now; `undefined`: it cannot be read.
 */
export function look(
  awaiting: Awaiting,
  wait: MountWait,
  hash: string | undefined,
  nowMs: number,
): { awaiting: Awaiting; sighting: Sighting } {
  const { path } = wait.mount;
  const waits = new Map(awaiting.waits);
  if (hash !== undefined && hash !== wait.before) {
    const ask = afterArrival(wait.ask);
    if (ask === undefined) waits.delete(path);
    else waits.set(path, { ...wait, before: hash, ask });
    const sighting = { seen: 'arrived', more: ask !== undefined } as const;
    return { awaiting: { ...awaiting, waits }, sighting };
  }
  if (!isOver(wait.ask, nowMs)) return { awaiting, sighting: { seen: 'nothing' } };
  waits.delete(path);
  return { awaiting: { ...awaiting, waits }, sighting: { seen: 'given-up' } };
}

/** What the kubelet is to be asked for now: all that is open, once something of it is due. */
export function dueNow({ waits, notBeforeMs }: Awaiting, nowMs: number): readonly MountWait[] {
  const open = [...waits.values()].filter(({ ask }) => !isExhausted(ask, nowMs));
  const isDue = nowMs >= notBeforeMs && open.some(({ ask }) => ask.dueMs <= nowMs);
  return isDue ? open : [];
}

/** When there is something to do without a hint; infinite: nothing is awaited. */
export function nextDueMs({ waits, notBeforeMs }: Awaiting, nowMs: number): number {
  const dues = [...waits.values()].map(({ ask }) =>
    isExhausted(ask, nowMs) ? ask.endMs : Math.min(Math.max(ask.dueMs, notBeforeMs), ask.endMs),
  );
  return Math.min(...dues, Number.POSITIVE_INFINITY);
}

/** The kubelet was asked for these. */
export function asked(awaiting: Awaiting, open: readonly MountWait[], nowMs: number): Awaiting {
  const sent = open.map(
    (wait) => [wait.mount.path, { ...wait, ask: afterPatch(wait.ask, nowMs) }] as const,
  );
  return {
    waits: new Map([...awaiting.waits, ...sent]),
    notBeforeMs: nowMs + SPACING_MS,
    failures: 0,
  };
}

/** @param pauseMs By how many were refused in a row. */
export function refused(
  awaiting: Awaiting,
  pauseMs: (failures: number) => number,
  nowMs: number,
): Awaiting {
  const failures = awaiting.failures + 1;
  return { ...awaiting, failures, notBeforeMs: nowMs + pauseMs(failures) };
}
