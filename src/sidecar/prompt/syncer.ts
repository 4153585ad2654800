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
import { asked, dueNow, look, nextDueMs, note, nothingAwaited, refused } from './awaiting.ts';
import { annotationValue, type Awaited, type MountWait } from './mount-wait.ts';

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
 * annotations. What is awaited, and when what is due, is decided in `awaiting.ts`; here mounts are
 * read, patches sent, and what comes of it told.
 */
export function createSyncer(input: SyncerInput): Syncer {
  const { patch, splayMs, clock, random, events, notice } = input;
  const inbox: Awaited[] = [];
  let awaiting = nothingAwaited;
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

  const collect = async (signal: AbortSignal): Promise<void> => {
    for (const wait of awaiting.waits.values()) {
      const now = await read(wait.mount, signal);
      const looked = look(awaiting, wait, now?.hash, clock.elapsed());
      ({ awaiting } = looked);
      const { sighting } = looked;
      if (sighting.seen === 'given-up') report(wait, { pending: false });
      if (sighting.seen !== 'arrived' || now === undefined) continue;
      report(wait, { swappedAtMs: now.swappedAtMs, pending: sighting.more });
    }
  };

  const takeIn = async (change: Awaited, signal: AbortSignal): Promise<void> => {
    const before = (await read(change.mount, signal))?.hash;
    const delayMs = await splayMs(signal);
    awaiting = note(awaiting, { change, before, delayMs }, clock.elapsed());
    const wait = awaiting.waits.get(change.mount.path);
    if (wait) report(wait, { pending: true });
  };

  const askKubelet = async (signal: AbortSignal): Promise<void> => {
    const open = dueNow(awaiting, clock.elapsed());
    if (open.length === 0) return;
    try {
      await patch(annotationValue(open, clock.now()), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeProblem)) throw error;
      notice('patch', error);
      const pauseMs = (failures: number): number => pauseAfter(error, failures, random());
      awaiting = refused(awaiting, pauseMs, clock.elapsed());
      return;
    }
    notice('patch', undefined);
    awaiting = asked(awaiting, open, clock.elapsed());
    const objects = new Set(open.flatMap(({ changes }) => [...changes.keys()]));
    const mounts = open.map(({ mount }) => mount.path);
    events.emit('sync-asked', { objects: [...objects].toSorted(), mounts });
  };

  return {
    expect: (change) => {
      inbox.push(change);
      wake.abort();
    },
    look: () => {
      if (awaiting.waits.size > 0) wake.abort();
    },
    run: async (signal) => {
      while (!signal.aborted) {
        wake = new AbortController();
        await collect(signal);
        for (const change of inbox.splice(0)) await takeIn(change, signal);
        await askKubelet(signal);
        const nowMs = clock.elapsed();
        const leftMs = Math.max(0, nextDueMs(awaiting, nowMs) - nowMs);
        const restMs = Math.min(leftMs, LONGEST_WAIT_MS);
        await withAnySignal([signal, wake.signal], (any) => clock.sleep(restMs, any)).catch(
          () => {},
        );
      }
    },
  };
}

/** The longest a timer can be set to is 24 days; there is nothing to wait for. */
const LONGEST_WAIT_MS = 24 * 3600 * 1000;
