import type { Clock } from '../../system/clock.ts';
import type { Settings } from '../../config/options.ts';
import type { OnOutput } from '../exec/output.ts';
import type { OpenOwnPod } from '../../kubernetes/own-pod.ts';
import type { Mount } from '../mount/mount.ts';
import type { ProcessTable } from '../target/processes.ts';
import type { Escalation } from './action.ts';
import type { Self } from '../target/self.ts';
import { readVersion } from '../watch/version.ts';
import type { Action } from './action.ts';
import { createExecAction } from './exec.ts';
import { createHttpAction } from './http.ts';
import type { RolloutStage } from './rollout.ts';
import type { AskedStore } from './restart/asked.ts';
import type { PodRestartInput } from './restart/pod.ts';
import { createRestartAction } from './restart/restart.ts';
import { createSignalAction } from './signal.ts';

export type ActionParts = {
  table: ProcessTable;
  self: Self;
  clock: Clock;
  /** The name of the rule that acts. */
  rule: string;
  /** Takes the lines that a command writes. */
  onOutput: OnOutput;
  mounts: readonly Mount[];
  openOwnPod: OpenOwnPod;
  onRollout: (stage: RolloutStage) => void;
  /** Restarts of the pod that were asked for. */
  store: AskedStore;
  leave: PodRestartInput['leave'];
};

/** The one choice among the ways to act. That only one is configured was checked before. */
export async function createAction(settings: Settings, parts: ActionParts): Promise<Action> {
  const { table, self } = parts;
  const { url: urls, timeout: timeoutMs } = settings;
  if (settings.action === 'none') return watchesByItself;
  if (urls !== undefined) return createHttpAction({ ...settings, urls });
  if (settings.exec !== undefined) {
    const { rule, onOutput } = parts;
    return createExecAction({ command: settings.exec, timeoutMs, rule, onOutput });
  }
  if (settings.restart === 'rollout') return createRollout(settings, parts);
  if (settings.restart === 'pod') return await createPodRestart(settings, parts);
  if (settings.restart === 'container') return createRestart(settings, parts);
  const { signal, requireHandler } = settings;
  return createSignalAction({ signal, requireHandler, table, self, kill: sendSignal });
}

/** The app sees for itself that what is published has changed: it is only looked whether it lives on. */
const watchesByItself: Action = {
  kind: 'none',
  needsTarget: false,
  check: () => undefined,
  perform: () => Promise.resolve(undefined),
};

/** The harder action after failures, if one is configured. */
export function createEscalation(settings: Settings, parts: ActionParts): Escalation | undefined {
  const { onFailure } = settings;
  return (
    onFailure && { action: createRestart(settings, parts), afterFailures: onFailure.afterFailures }
  );
}

function createRestart(
  { stopSignal, grace: graceMs, restartTimeout: timeoutMs, survive: surviveMs }: Settings,
  parts: ActionParts,
): Action {
  const times = { graceMs, timeoutMs, surviveMs };
  return createRestartAction({ stopSignal, ...times, ...parts, kill: sendSignal });
}

async function createPodRestart(
  { restartTimeout: timeoutMs, minInterval: minIntervalMs }: Settings,
  { store, leave, clock, self }: ActionParts,
): Promise<Action> {
  const { createPodRestartAction } = await import('./restart/pod.ts');
  return createPodRestartAction({
    store,
    leave,
    clock,
    startedMs: self.process.startedMs,
    timeoutMs,
    minIntervalMs,
  });
}

/** Acts on the workload, through the API, and on no process. */
function createRollout({ restartTimeout: timeoutMs }: Settings, parts: ActionParts): Action {
  const { openOwnPod, clock, mounts, onRollout } = parts;
  const contentVersion = (): string =>
    mounts.map((mount) => readVersion(mount, { deep: false }).version).join(' ');
  const input = { openOwnPod, clock, random: Math.random, timeoutMs, contentVersion };
  return {
    kind: 'restart',
    needsTarget: false,
    endsTarget: true,
    actsOnSubPath: true,
    check: () => undefined,
    perform: async (_, signal) => {
      const { rollOutOwnWorkload } = await import('./rollout.ts');
      return await rollOutOwnWorkload({ ...input, onStage: onRollout }, signal);
    },
  };
}

function sendSignal(pid: number, signal: number): void {
  process.kill(pid, signal);
}
