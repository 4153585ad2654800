/** Where a figure is from; said in docs/scale.md, next to it. */
export type Origin = 'measured' | 'upstream' | 'rehup' | 'assumed';

type Setting = {
  flag: string;
  value: number;
  origin: Origin;
  meaning: string;
  /** The least value that makes sense; 0 without it. */
  least?: number;
};

/** The upstream default: (400 + 200 requests in flight) × 100 of 245 shares, rounded up. */
const WORKLOAD_LOW_SEATS = Math.ceil((600 * 100) / 245);

/** The same with 20 shares. */
const GLOBAL_DEFAULT_SEATS = Math.ceil((600 * 20) / 245);

/**
 * All that the model takes as given, with defaults. One table for the flags, the model and the docs.
 * What was measured, and how, is in docs/scale.md.
 */
export const settings = {
  apiServers: {
    flag: 'api-servers',
    value: 1,
    origin: 'assumed',
    least: 1,
    meaning: 'API servers that share the pods',
  },
  seats: {
    flag: 'seats',
    value: WORKLOAD_LOW_SEATS,
    origin: 'upstream',
    least: 1,
    meaning: 'requests that `workload-low` runs at once, per API server',
  },
  personSeats: {
    flag: 'person-seats',
    value: GLOBAL_DEFAULT_SEATS,
    origin: 'upstream',
    least: 1,
    meaning: 'the same of `global-default`, where people are who are no administrators',
  },
  handSize: {
    flag: 'hand-size',
    value: 6,
    origin: 'upstream',
    least: 1,
    meaning: 'queues that one service account may wait in',
  },
  queueLength: {
    flag: 'queue-length',
    value: 50,
    origin: 'upstream',
    least: 1,
    meaning: 'requests that wait in one queue; beyond that: 429',
  },
  podWatchers: {
    flag: 'pod-watchers',
    value: 20,
    origin: 'assumed',
    meaning: 'watches of all pods, per API server (controllers, network, monitoring)',
  },
  writesPerSecond: {
    flag: 'writes-per-second',
    value: 500,
    origin: 'assumed',
    least: 1,
    meaning: 'patches that the control plane can do if it does nothing else',
  },
  patchLatencyMs: {
    flag: 'patch-latency',
    value: 8,
    origin: 'measured',
    meaning: 'ms from the start of a patch, with its TLS handshake, to its answer',
  },
  visitLatencyMs: {
    flag: 'visit-latency',
    value: 50,
    origin: 'assumed',
    meaning: 'ms to ask a sidecar for its status, through the API server and its kubelet',
  },
  surviveMs: {
    flag: 'survive',
    value: 1000,
    origin: 'rehup',
    meaning: 'ms that an app has to live on until its reload counts',
  },
  eventsPerSecond: {
    flag: 'events-per-second',
    value: 20_000,
    origin: 'measured',
    least: 1,
    meaning: 'watch events that one API server sends',
  },
  eventBytes: {
    flag: 'event-bytes',
    value: 627,
    origin: 'measured',
    meaning: 'bytes of one watch event, metadata only',
  },
  clientTimeoutMs: {
    flag: 'client-timeout',
    value: 10_000,
    origin: 'rehup',
    meaning: 'ms after which a sidecar gives up on an answer',
  },
  podsPerNode: {
    flag: 'pods-per-node',
    value: 110,
    origin: 'upstream',
    least: 1,
    meaning: 'pods on a node',
  },
  syncPeriodMinMs: {
    flag: 'sync-period-min',
    value: 60_000,
    origin: 'upstream',
    meaning: 'least ms from one sync of a pod by the kubelet to the next',
  },
  syncPeriodMaxMs: {
    flag: 'sync-period-max',
    value: 90_000,
    origin: 'upstream',
    meaning: 'most ms of the same',
  },
  syncTickMs: {
    flag: 'sync-tick',
    value: 1000,
    origin: 'upstream',
    meaning: 'ms between two looks of the kubelet at what is due',
  },
  syncMinMs: {
    flag: 'sync-min',
    value: 200,
    origin: 'measured',
    meaning: 'least ms of a sync: from a patch to the new content in the volume',
  },
  syncMaxMs: { flag: 'sync-max', value: 900, origin: 'measured', meaning: 'most ms of a sync' },
  nodeLagMs: {
    flag: 'node-lag',
    value: 100,
    origin: 'upstream',
    meaning: 'most ms until a kubelet has heard of the change',
  },
  lateNodes: {
    flag: 'late-nodes',
    value: 0.01,
    origin: 'assumed',
    meaning: 'part of the kubelets that hear of it late',
  },
  lateMinMs: {
    flag: 'late-min',
    value: 1000,
    origin: 'assumed',
    meaning: 'how late, at least, ms',
  },
  lateMaxMs: { flag: 'late-max', value: 5000, origin: 'assumed', meaning: 'how late, at most, ms' },
  kubeletReads: {
    flag: 'kubelet-reads',
    value: 0,
    origin: 'upstream',
    meaning:
      'requests of the kubelet per sync: none with the change detection strategy `Watch`, one per object with `Get`',
  },
  kubeletQps: {
    flag: 'kubelet-qps',
    value: 50,
    origin: 'upstream',
    least: 1,
    meaning: 'requests per second that a kubelet allows itself (5 before 1.27)',
  },
  kubeletBurst: {
    flag: 'kubelet-burst',
    value: 100,
    origin: 'upstream',
    least: 1,
    meaning: 'requests that it may save up (10 before 1.27)',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

export type FleetSettings = Record<SettingName, number>;

export const settingNames = Object.keys(settings) as SettingName[];

export const defaultSettings = Object.fromEntries(
  settingNames.map((name) => [name, settings[name].value]),
) as FleetSettings;
