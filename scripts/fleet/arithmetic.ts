import { promptSplayMs } from '../../src/sidecar/prompt/splay.ts';
import type { FleetSettings } from './settings.ts';

/** What watches and writes cost; how each was found is in docs/scale.md. */
const WATCH_BYTES = 90_000;
const OPEN_WATCH_CPU_MS = 2.2;
/** The middle of 240 to 360 s, what a sidecar asks for. */
const WATCH_S = 300;
const POD_BYTES = 5000;

/** What prompt sync costs, without any simulation: one ConfigMap, mounted by all pods. */
export type Arithmetic = {
  watches: number;
  /** Of all API servers together. */
  watchBytes: number;
  watchRequestsPerSecond: number;
  /** Cores of all API servers together. */
  watchCores: number;
  /** One change, in events to the sidecars. */
  changeBytes: number;
  /** One change, all of its patches; 0 where the pods wait for their kubelets. */
  etcdBytes: number;
};

export function calculate(pods: number, settings: FleetSettings): Arithmetic {
  const watchRequestsPerSecond = pods / WATCH_S;
  return {
    watches: pods,
    watchBytes: pods * WATCH_BYTES,
    watchRequestsPerSecond,
    watchCores: (watchRequestsPerSecond * OPEN_WATCH_CPU_MS) / 1000,
    changeBytes: pods * settings.eventBytes,
    etcdBytes: promptSplayMs(pods) === undefined ? 0 : pods * POD_BYTES,
  };
}
