import type { Clock } from '../../system/clock.ts';
import type { Pod } from '../../kubernetes/types.ts';
import type { Goal } from './goal.ts';
import { type Plan, planLook } from './look-again.ts';
import type { PodReport } from './report.ts';
import type { FleetView } from './view.ts';

export type FollowInput = {
  view: FleetView;
  clock: Pick<Clock, 'elapsed' | 'sleep'>;
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

/** A rollout replaces pods, and somebody may write the objects meanwhile. */
const REFRESH_MS = 2000;

/** The kubelet's own watch of an object may come later than the patch that has it sync. */
const RESYNC_MS = 1000;
const MOST_RESYNCS = 3;

/** Looks at all pods until each of them is where it should be, or the time is over. */
export async function follow(
  input: FollowInput,
  signal: AbortSignal,
): Promise<readonly Followed[]> {
  const { view, clock, timeoutMs, sinceMs, resync, onLook } = input;
  // No reload of what was just applied can have begun before.
  const first: Plan | undefined = resync ? { dueMs: 0, quietMs: sinceMs, looks: 0 } : undefined;
  const known = new Map<string, Followed>();
  const plans = new Map<string, Plan>();
  const endMs = sinceMs + timeoutMs;
  let pods: readonly Pod[] = [];
  let refreshMs = Number.NEGATIVE_INFINITY;
  let resyncs = 0;
  let resyncMs = clock.elapsed() + RESYNC_MS;
  const isOpen = ({ metadata: { uid } }: Pod): boolean => known.get(uid)?.afterMs === undefined;
  const dueMs = ({ metadata: { uid } }: Pod): number =>
    plans.get(uid)?.dueMs ?? Number.NEGATIVE_INFINITY;
  for (;;) {
    if (clock.elapsed() >= refreshMs) {
      pods = await view.refresh(signal);
      refreshMs = clock.elapsed() + REFRESH_MS;
    }
    const open = pods.filter(isOpen);
    const due = open.filter((pod) => dueMs(pod) <= clock.elapsed());
    const reports = await view.look(due, signal);
    for (const [index, report] of reports.entries()) {
      const pod = due[index];
      if (pod === undefined) continue;
      const { uid } = pod.metadata;
      const nowMs = clock.elapsed();
      known.set(uid, judge(input, report));
      const isReloading = report.rules.some(({ state }) => state === 'reloading');
      const surviveMs = view.surviveMs(pod);
      plans.set(uid, planLook(plans.get(uid) ?? first, { isReloading, surviveMs, nowMs }));
    }
    const all = pods.flatMap(({ metadata: { uid } }) => known.get(uid) ?? []);
    onLook(all);
    const nowMs = clock.elapsed();
    if (nowMs >= endMs || all.every(isSettled)) return all;
    if (resync && resyncs < MOST_RESYNCS && nowMs >= resyncMs) {
      const isBehind = ({ metadata: { uid } }: Pod) => known.get(uid)?.report.state === 'behind';
      await view.sync(open.filter(isBehind), signal);
      resyncs += 1;
      resyncMs = clock.elapsed() + RESYNC_MS * 2 ** resyncs;
    }
    const nextMs = Math.min(endMs, refreshMs, ...pods.filter(isOpen).map(dueMs));
    await clock.sleep(Math.max(0, nextMs - clock.elapsed()), signal);
  }
}

function judge({ goal, clock, sinceMs }: FollowInput, report: PodReport): Followed {
  const isReached = goal.isReached(report);
  const afterMs = isReached ? clock.elapsed() - sinceMs : undefined;
  const never = isReached ? undefined : goal.whyNever(report);
  const why = never ?? report.reason ?? goal.whyNotYet?.(report) ?? report.state;
  return { report, afterMs, never, why };
}

function isSettled({ afterMs, never }: Followed): boolean {
  return afterMs !== undefined || never !== undefined;
}
