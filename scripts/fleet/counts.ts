import type { Answer, ApiServer } from './api-server.ts';
import type { Storage } from './storage.ts';
import { createTimes } from './tally.ts';

/** What became of one change of one ConfigMap that all pods mount. Times in milliseconds after it. */
export type FleetResult = {
  pods: number;
  /** Pods that have the new content at the end, each counted once. */
  reached: number;
  meanMs: number;
  halfMs: number;
  /** 99 % of the pods. */
  mostMs: number;
  allMs: number;
  /** Pods that sent no patch: their kubelet came first. */
  unasked: number;
  /** PATCH requests, with those that were refused. */
  requests: number;
  peakPerSecond: number;
  meanPerSecond: number;
  /** Patches that were written: writes of etcd, events for every watch of pods. */
  writes: number;
  refused: number;
  /** Pods whose first request was refused. */
  refusedAtFirst: number;
  timedOut: number;
  /** The longest time that a write, of anybody, waited behind these. */
  writeDelayMs: number;
  /** The longest time in which the control plane had these writes to do, one after the other. */
  busyMs: number;
  /** The most patches that waited for a seat on one API server. */
  waiting: number;
};

/** What one pod tells of. */
export type PodCounts = {
  onContent: () => void;
  hasContent: () => boolean;
  onSent: () => void;
  onAnswer: (answer: Answer) => void;
};

export type Counts = {
  addPod: () => PodCounts;
  finish: (storage: Storage, servers: readonly ApiServer[]) => FleetResult;
};

export function createCounts(now: () => number): Counts {
  const reached = createTimes();
  const requests = createTimes();
  const sums = { pods: 0, asking: 0, refused: 0, refusedAtFirst: 0, timedOut: 0 };

  return {
    addPod: () => {
      let hasContent = false;
      let sent = 0;
      sums.pods += 1;
      return {
        hasContent: () => hasContent,
        onContent: () => {
          hasContent = true;
          reached.note(now());
        },
        onSent: () => {
          requests.note(now());
          sent += 1;
          if (sent === 1) sums.asking += 1;
        },
        onAnswer: ({ kind }) => {
          if (kind === 'timed-out') sums.timedOut += 1;
          if (kind !== 'throttled') return;
          sums.refused += 1;
          if (sent === 1) sums.refusedAtFirst += 1;
        },
      };
    },
    finish: (storage, servers) => ({
      pods: sums.pods,
      reached: reached.count(),
      meanMs: reached.mean(),
      halfMs: reached.by(0.5),
      mostMs: reached.by(0.99),
      allMs: reached.by(1),
      unasked: sums.pods - sums.asking,
      requests: requests.count(),
      peakPerSecond: requests.peakPerSecond(),
      meanPerSecond: requests.meanPerSecond(),
      writes: storage.writes(),
      refused: sums.refused,
      refusedAtFirst: sums.refusedAtFirst,
      timedOut: sums.timedOut,
      writeDelayMs: storage.longestWaitMs(),
      busyMs: storage.longestBusyMs(),
      waiting: Math.max(...servers.map((server) => server.longestQueue())),
    }),
  };
}
