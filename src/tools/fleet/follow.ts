import { systemClock } from '../../system/clock.ts';
import type { OpenCluster } from '../../kubernetes/kubeconfig.ts';
import { selectPods } from '../../kubernetes/select-pods.ts';
import type { Pod } from '../../kubernetes/types.ts';
import type { Whereabouts } from '../ask/ask.ts';
import type { Asker } from './asker.ts';
import type { Goal } from './goal.ts';
import { type FleetObjects, readObjects } from './objects.ts';
import { type PodReport, reportPod } from './report.ts';
import { syncPods } from './sync-pods.ts';
import { visitAll } from './visit.ts';

export type FollowInput = {
  cluster: OpenCluster;
  where: Whereabouts;
  asker: Asker;
  goal: Goal;
  timeoutMs: number;
  /** When the clock began to run, on `Clock.elapsed`. */
  sinceMs: number;
  /** Ask kubelets again that have not brought the content. */
  resync: boolean;
  /** Told after each look. */
  onLook: (followed: readonly Followed[]) => void;
};

/** A pod, and when it got there. */
export type Followed = {
  report: PodReport;
  /** Milliseconds after `sinceMs`; `undefined`: not yet. */
  afterMs: number | undefined;
  /** It never will. */
  never: string | undefined;
  /** Why it is not there. */
  why: string;
};

/** Between two looks at those that are not there yet. */
const PAUSE_MS = 100;

/** A rollout replaces pods, and somebody may write the objects meanwhile. */
const REFRESH_MS = 2000;

/** The kubelet's own watch of an object may come later than the patch that has it sync. */
const RESYNC_MS = 2000;
const MOST_RESYNCS = 3;

/** Looks at all pods until each of them is where it should be, or the time is over. */
export async function follow(
  input: FollowInput,
  signal: AbortSignal,
): Promise<readonly Followed[]> {
  const { cluster, where, asker, goal, timeoutMs, sinceMs, resync, onLook } = input;
  const { container } = where;
  const reached = new Map<string, Followed>();
  let pods: readonly Pod[] = [];
  let objects: FleetObjects | undefined;
  let refreshMs = Number.NEGATIVE_INFINITY;
  let resyncs = 0;
  let resyncMs = systemClock.elapsed() + RESYNC_MS;
  for (;;) {
    if (systemClock.elapsed() >= refreshMs) {
      pods = await selectPods(where, cluster, signal);
      objects = await readObjects(cluster.client, pods, signal);
      refreshMs = systemClock.elapsed() + REFRESH_MS;
    }
    const known = objects;
    const open = pods.filter(({ metadata }) => !reached.has(metadata.uid));
    const seen = new Map<string, Followed>();
    for (const visit of await visitAll(open, { asker, container }, signal)) {
      const { uid, namespace = '' } = visit.pod.metadata;
      const against = {
        objects: known?.of(namespace) ?? new Map(),
        key: asker.key,
        nowMs: Date.now(),
      };
      const report = await reportPod(visit, against);
      const isReached = goal.isReached(report);
      const afterMs = isReached ? systemClock.elapsed() - sinceMs : undefined;
      const never = isReached ? undefined : goal.whyNever(report);
      const why = never ?? report.reason ?? goal.whyNotYet?.(report) ?? report.state;
      const followed = { report, afterMs, never, why };
      if (isReached) reached.set(uid, followed);
      seen.set(uid, followed);
    }
    const all = pods.flatMap(({ metadata: { uid } }) => reached.get(uid) ?? seen.get(uid) ?? []);
    onLook(all);
    const nowMs = systemClock.elapsed();
    const isOver = nowMs - sinceMs >= timeoutMs;
    if (isOver || all.every(({ afterMs, never }) => afterMs !== undefined || never !== undefined))
      return all;
    if (resync && resyncs < MOST_RESYNCS && nowMs >= resyncMs) {
      const behind = open.filter(
        ({ metadata }) => seen.get(metadata.uid)?.report.state === 'behind',
      );
      await syncPods(cluster.client, behind, signal);
      resyncs += 1;
      resyncMs = systemClock.elapsed() + RESYNC_MS * 2 ** resyncs;
    }
    await systemClock.sleep(Math.min(PAUSE_MS, sinceMs + timeoutMs - nowMs), signal);
  }
}
