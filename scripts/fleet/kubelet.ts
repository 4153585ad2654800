import type { Timeline } from './events.ts';
import type { FleetSettings } from './settings.ts';

/** Evenly distributed numbers from one bound to the other. */
export type Uniform = (from: number, to: number) => number;

export type Node = {
  /** When the kubelet's own watch has the new object. */
  freshAtMs: number;
  /** When its next request may go out: it limits itself. */
  readAt: (nowMs: number) => number;
};

export type Pod = {
  /** The pod has changed in the API: sync it. */
  sync: () => void;
};

export function createNode(uniform: Uniform, settings: FleetSettings): Node {
  const { nodeLagMs, lateNodes, lateMinMs, lateMaxMs, kubeletQps, kubeletBurst } = settings;
  const isLate = uniform(0, 1) < lateNodes;
  // A bucket that fills with the rate: the time at which it would be full is all there is to know.
  let fullAtMs = 0;
  return {
    freshAtMs: isLate ? uniform(lateMinMs, lateMaxMs) : uniform(0, nodeLagMs),
    readAt: (nowMs) => {
      fullAtMs = Math.max(fullAtMs, nowMs) + 1000 / kubeletQps;
      return Math.max(nowMs, fullAtMs - (1000 * kubeletBurst) / kubeletQps);
    },
  };
}

export type PodInput = {
  timeline: Timeline;
  node: Node;
  uniform: Uniform;
  settings: FleetSettings;
  /** Called once, when a sync has written the new content into the volume. */
  onContent: () => void;
};

/**
 * A pod in the hands of its kubelet. One worker: of the syncs asked for during a sync, one follows.
 * Without anybody asking, the next comes 60 to 90 s after the end of the last.
 */
export function createPod({ timeline, node, uniform, settings, onContent }: PodInput): Pod {
  const { syncPeriodMinMs, syncPeriodMaxMs, syncTickMs, syncMinMs, syncMaxMs } = settings;
  let hasContent = false;
  let syncing = false;
  let again = false;
  let planned = 0;

  const start = (): void => {
    planned += 1;
    if (syncing) {
      again = true;
      return;
    }
    syncing = true;
    let readMs = timeline.now() + uniform(syncMinMs, syncMaxMs);
    for (let read = 0; read < settings.kubeletReads; read += 1) readMs = node.readAt(readMs);
    timeline.at(readMs, end);
  };

  const plan = (ms: number): void => {
    planned += 1;
    const mine = planned;
    timeline.at(ms, () => {
      if (mine === planned) start();
    });
  };

  const end = (): void => {
    syncing = false;
    if (!hasContent && timeline.now() >= node.freshAtMs) {
      hasContent = true;
      onContent();
    }
    if (again) {
      again = false;
      start();
    } else if (!hasContent) {
      const period = uniform(syncPeriodMinMs, syncPeriodMaxMs);
      plan(timeline.now() + period + uniform(0, syncTickMs));
    }
  };

  plan(untilNextSync(uniform, settings) + uniform(0, syncTickMs));
  return { sync: start };
}

/**
 * The change falls anywhere into a period between two syncs, and into a long one more likely than into
 * a short one.
 */
function untilNextSync(uniform: Uniform, settings: FleetSettings): number {
  const { syncPeriodMinMs, syncPeriodMaxMs } = settings;
  for (;;) {
    const period = uniform(syncPeriodMinMs, syncPeriodMaxMs);
    if (uniform(0, syncPeriodMaxMs) <= period) return uniform(0, period);
  }
}
