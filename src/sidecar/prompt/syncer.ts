import { withAnySignal } from '../../system/any-signal.ts';
import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import { pauseAfter } from '../../kubernetes/backoff.ts';
import type { Notice } from '../../kubernetes/notice.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { sourceKey } from '../../kubernetes/sources.ts';
import type { Mount } from '../mount/mount.ts';
import { readMount } from '../snapshot/read-mount.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { addChange, annotationValue, type Awaited, type MountWait } from './mount-wait.ts';
import {
  afterArrival,
  afterPatch,
  type Ask,
  type Company,
  isExhausted,
  isOver,
  isUnsent,
  joinAsk,
  planAsk,
  SPACING_MS,
  withoutPatches,
} from './schedule.ts';

export type SyncerInput = {
  /** Writes the value into the own pod's annotation, which makes the kubelet sync the pod. */
  patch: (value: string, signal: AbortSignal) => Promise<void>;
  /** The delay of a patch, in milliseconds; `undefined`: the kubelet is not to be asked. */
  splayMs: (signal: AbortSignal) => Promise<number | undefined>;
  clock: Clock;
  random: () => number;
  events: EventBus;
  notice: Notice;
};

export type Syncer = {
  /** An object has moved: its content is awaited, and the kubelet asked for it after the splay. */
  expect: (change: Awaited) => void;
  /** Look now whether something has arrived. */
  look: () => void;
  /** Works until the signal. */
  run: (signal: AbortSignal) => Promise<void>;
};

/**
 * Asks the kubelet for updates, and sees to it that they arrive: one patch for all that moved. Content
 * decides what has arrived, not the swap: the patch itself swaps a downwardAPI volume that shows
 * annotations.
 */
export function createSyncer(input: SyncerInput): Syncer {
  const { patch, splayMs, clock, random, events, notice } = input;
  const inbox: Awaited[] = [];
  const waits = new Map<string, MountWait>();
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let wake = new AbortController();

  const read = async (mount: Mount, signal: AbortSignal): Promise<Snapshot | undefined> => {
    // All of it, also the keys that no rule watches.
    const { only: _, ...whole } = mount;
    const reading = await readMount(whole, clock, { signal });
    return 'snapshot' in reading ? reading.snapshot : undefined;
  };

  const report = (wait: MountWait, more: { swappedAtMs?: number; pending: boolean }): void => {
    const { swappedAtMs, pending } = more;
    for (const { mount, source, resourceVersion, movedAtMs } of wait.changes.values()) {
      const about = { mount: mount.path, object: sourceKey(source), resourceVersion, movedAtMs };
      const lagMs = swappedAtMs === undefined ? undefined : Math.max(0, swappedAtMs - movedAtMs);
      events.emit('kubelet-lag', { ...about, ...(lagMs !== undefined && { lagMs }), pending });
    }
  };

  const plan = (delayMs: number | undefined, company: Omit<Company, 'unsent'>): Ask => {
    const unsent = [...waits.values()].map(({ ask }) => ask).filter(isUnsent);
    const ask = planAsk(clock.elapsed(), delayMs ?? 0, { ...company, unsent });
    return delayMs === undefined ? withoutPatches(ask) : ask;
  };

  const takeIn = async (change: Awaited, signal: AbortSignal): Promise<void> => {
    const { path } = change.mount;
    const before = (await read(change.mount, signal))?.hash;
    const delayMs = await splayMs(signal);
    const earlier = waits.get(path);
    const { doubtful = false } = change;
    const ask = plan(delayMs, { earlier: earlier?.ask, doubtful });
    const wait = addChange(earlier, { change, before, ask });
    for (const [at, other] of waits) waits.set(at, { ...other, ask: joinAsk(other.ask, ask) });
    waits.set(path, wait);
    report(wait, { pending: true });
  };

  const settle = (wait: MountWait, { hash, swappedAtMs }: Snapshot): void => {
    const { path } = wait.mount;
    const ask = afterArrival(wait.ask);
    if (ask === undefined) waits.delete(path);
    else waits.set(path, { ...wait, before: hash, ask });
    report(wait, { swappedAtMs, pending: ask !== undefined });
  };

  /** What has arrived; and what holds the same content, since the kubelet had all its time for it. */
  const collect = async (signal: AbortSignal): Promise<void> => {
    for (const wait of waits.values()) {
      const now = await read(wait.mount, signal);
      if (now !== undefined && now.hash !== wait.before) settle(wait, now);
      else if (isOver(wait.ask, clock.elapsed())) {
        waits.delete(wait.mount.path);
        report(wait, { pending: false });
      }
    }
  };

  const openWaits = (): MountWait[] =>
    [...waits.values()].filter(({ ask }) => !isExhausted(ask, clock.elapsed()));

  const askKubelet = async (signal: AbortSignal): Promise<void> => {
    const open = openWaits();
    const nowMs = clock.elapsed();
    if (nowMs < notBeforeMs || !open.some(({ ask }) => ask.dueMs <= nowMs)) return;
    try {
      await patch(annotationValue(open, clock.now()), signal);
      notice('patch', undefined);
      failures = 0;
      notBeforeMs = clock.elapsed() + SPACING_MS;
      for (const wait of open) {
        waits.set(wait.mount.path, { ...wait, ask: afterPatch(wait.ask, clock.elapsed()) });
      }
      const objects = new Set(open.flatMap(({ changes }) => [...changes.keys()]));
      events.emit('sync-asked', {
        objects: [...objects].toSorted(),
        mounts: open.map(({ mount }) => mount.path),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeProblem)) throw error;
      notice('patch', error);
      failures += 1;
      notBeforeMs = clock.elapsed() + pauseAfter(error, failures, random());
    }
  };

  const nextDueMs = (): number => {
    const nowMs = clock.elapsed();
    const dues = [...waits.values()].map(({ ask }) =>
      isExhausted(ask, nowMs) ? ask.endMs : Math.min(Math.max(ask.dueMs, notBeforeMs), ask.endMs),
    );
    return Math.min(...dues, nowMs + LONGEST_WAIT_MS);
  };

  return {
    expect: (change) => {
      inbox.push(change);
      wake.abort();
    },
    look: () => {
      if (waits.size > 0) wake.abort();
    },
    run: async (signal) => {
      while (!signal.aborted) {
        wake = new AbortController();
        await collect(signal);
        for (const change of inbox.splice(0)) await takeIn(change, signal);
        await askKubelet(signal);
        const leftMs = Math.max(0, nextDueMs() - clock.elapsed());
        await withAnySignal([signal, wake.signal], (any) => clock.sleep(leftMs, any)).catch(
          () => {},
        );
      }
    },
  };
}

/** The longest a timer can be set to is 24 days; there is nothing to wait for. */
const LONGEST_WAIT_MS = 24 * 3600 * 1000;
