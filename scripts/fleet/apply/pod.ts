import type { Pod } from '../../../src/kubernetes/types.ts';
import type { PodReport } from '../../../src/tools/fleet/report.ts';
import type { Timeline } from '../events.ts';
import { createPod, type PodInput } from '../kubelet.ts';

/** A pod with rehup and an app, as somebody sees it from outside. */
export type ObservedPod = {
  pod: Pod;
  /** Its kubelet has heard of a change of it. */
  sync: () => void;
  /** As of now. */
  report: () => PodReport;
  /** When its app has proved to have it; `undefined`: not yet. */
  provedMs: () => number | undefined;
};

/** From the swap on the disk to the signal; the median is measured below 5 ms (docs/performance.md). */
const TOLD_MS = 5;

export function createObservedPod(
  input: Omit<PodInput, 'onContent'> & { timeline: Timeline },
  name: string,
): ObservedPod {
  const { timeline, settings } = input;
  let state: PodReport['state'] = 'behind';
  let provedMs: number | undefined;
  const onContent = (): void => {
    state = 'pending';
    timeline.at(timeline.now() + TOLD_MS + settings.surviveMs, () => {
      state = 'current';
      provedMs = timeline.now();
    });
  };
  const { sync } = createPod({ ...input, onContent });
  return {
    pod: { metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1' }, spec: SPEC },
    sync,
    provedMs: () => provedMs,
    report: () => ({
      namespace: 'shop',
      name,
      ageMs: 0,
      rehup: undefined,
      state,
      rules: [
        {
          rule: 'default',
          state: state === 'pending' ? 'reloading' : 'applied',
          mounts: [],
          ...NOTHING_MORE,
        },
      ],
    }),
  };
}

const SPEC = { containers: [] };

const NOTHING_MORE = {
  last: undefined,
  reloadedMs: undefined,
  reason: undefined,
  remedy: undefined,
  nextRetryMs: undefined,
};
