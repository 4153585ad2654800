import { promptSplayMs } from '../../src/sidecar/prompt/splay.ts';
import type { FleetResult } from './counts.ts';
import type { FleetSettings } from './settings.ts';
import { simulateFleet } from './simulate.ts';

/** How the pods of a fleet come to an update; gives the splay, `undefined` for no prompt sync. */
export const strategies = {
  kubelet: () => undefined,
  'no splay': () => 0,
  auto: promptSplayMs,
} as const satisfies Record<string, (pods: number) => number | undefined>;

export type StrategyName = keyof typeof strategies;

export type Scenario = {
  pods: number;
  seed: number;
  splayMs: number | undefined;
  settings: FleetSettings;
};

/** A few pods say little: small fleets are simulated again and again, up to so many pods. */
const ENOUGH_PODS = 10_000;
const MOST_RUNS = 1000;

/** What is the worst of all runs, and not their mean. */
const WORST = new Set<keyof FleetResult>(['peakPerSecond', 'writeDelayMs', 'busyMs', 'waiting']);

/** The mean of several runs, and the worst of their peaks. */
export function simulateOften({ seed, ...scenario }: Scenario): FleetResult {
  const runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil(ENOUGH_PODS / scenario.pods)));
  const results = Array.from({ length: runs }, (_, run) =>
    simulateFleet({ ...scenario, seed: seed + run }),
  );
  const keys = Object.keys(results[0] ?? {}) as (keyof FleetResult)[];
  return Object.fromEntries(
    keys.map((key) => {
      const values = results.map((result) => result[key]);
      const most = values.reduce((one, other) => Math.max(one, other), 0);
      const mean = values.reduce((sum, value) => sum + value, 0) / runs;
      return [key, WORST.has(key) ? most : mean];
    }),
  ) as FleetResult;
}
