import type { ExamineInput } from '../sidecar/app.ts';
import { readRaw } from '../sidecar/follow-config.ts';
import type { Fault } from '../system/fault.ts';
import type { Check } from './check.ts';
import { appMountCheck } from './checks/app-mount.ts';
import { clockCheck } from './checks/clock.ts';
import { execCheck } from './checks/exec.ts';
import { permissionCheck } from './checks/permission.ts';
import { effectCheck } from './checks/settings.ts';
import { stateDirectoryCheck } from './checks/state-directory.ts';
import { volumeCheck } from './checks/volume.ts';
import { examine } from './examine.ts';
import { gather } from './gather.ts';

/** Those that cost little and ask nobody. */
const checks: readonly Check[] = [
  effectCheck,
  volumeCheck,
  appMountCheck,
  permissionCheck,
  execCheck,
  stateDirectoryCheck,
  clockCheck,
];

/**
 * What nothing else says at the start. Mounts that cannot be read, the target, and the port have lines of
 * their own; and an app that is not there yet is no fault then.
 */
const told: readonly Fault[] = [
  'setting-without-effect',
  'dry-run',
  'no-key-counts',
  'not-kubelet-volume',
  'app-mounts-sub-path',
  'signal-refused',
  'exec-not-found',
  'state-directory-not-kept',
  'clock-inconsistent',
];

/** The part of `rehup doctor` that the sidecar makes by itself, once. */
export async function examineAtStart(
  { input, config, clock, events, table }: ExamineInput,
  signal: AbortSignal,
): Promise<void> {
  const loaded = { raw: await readRaw(input), config, problems: [] };
  const context = await gather({ loaded, clock, daemon: undefined, openOwnPod: undefined, table });
  for (const finding of await examine(checks, context, signal)) {
    if (finding.status === 'pass' || !told.includes(finding.id)) continue;
    const { id: check, rule, seen: reason, remedy } = finding;
    events.emit('finding', { check, ...(rule !== undefined && { rule }), reason, remedy });
  }
}
