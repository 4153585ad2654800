import type { Fault } from '../../system/fault.ts';
import { readLayout } from '../../sidecar/mount/layout.ts';
import type { Mount } from '../../sidecar/mount/mount.ts';
import { findFrozen, type MountProblem } from '../../sidecar/snapshot/problem.ts';
import type { MountReading } from '../../sidecar/snapshot/read-mount.ts';
import { type Check, perRule } from '../check.ts';
import type { Context, RuleContext } from '../context.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';
import { containerOf } from '../neighbours.ts';
import { mountAt, mountSomething, mountWhatAppsMount, mountWhole } from '../own-mounts.ts';
import { addMount, podField, type Remedy } from '../remedy.ts';
import { set, unset } from '../settings.ts';
import { describeVolume, isSameVolume, nameOf, volumesOf } from '../volumes.ts';
import { count, formatMs, formatTime, some } from '../words.ts';

/** There is a mount that can be read, and that will change when the object does. */
export const volumeCheck: Check = perRule('volume', (rule, context) => {
  const { mounts, unwatched, readings } = rule;
  if (unwatched) {
    const { message: seen, remedy } = unwatched;
    const found = mountWhatAppsMount(context);
    const remedies = found.length > 0 ? found : [mountSomething(context)];
    return [fail('volume-not-mounted', { seen, remedy, remedies })];
  }
  return [
    ...mounts.map((mount) => checkMount(mount, readings.get(mount.path), rule, context)),
    ...findForgotten(rule, context),
  ];
});

function checkMount(
  mount: Mount,
  reading: MountReading | undefined,
  rule: RuleContext,
  context: Context,
): Bare {
  const frozen = findFrozen(mount);
  if (frozen) return describeProblem(frozen, [mountWhole(mount, rule, context)]);
  if (reading === undefined) return pass(`${mount.path} was not read`);
  if ('problem' in reading) {
    const { problem } = reading;
    return describeProblem(problem, remediesFor(problem, mount, rule, context));
  }
  const { keys, others, swappedAtMs } = reading.snapshot;
  const names = [...new Set([...keys.keys(), ...others.keys()])];
  const counted = names.filter((key) => rule.acting.counts(mount.path, key));
  if (names.length > 0 && counted.length === 0) return nothingCounts(mount, names, rule, context);
  const { kind } = readLayout(mount.path, mount.volume?.kind === 'configmap');
  if (kind === 'directory' || kind === 'file') return plain(mount, kind, rule, context);
  const what = kind === 'link' ? 'link that is swapped' : describeVolume(mount.volume);
  const keysThatCount = count(counted.length, 'key');
  return pass(
    `${mount.path} is a ${what}: ${keysThatCount}, last update at ${formatTime(swappedAtMs)}`,
  );
}

const IDS: Readonly<Record<MountProblem['kind'], Fault>> = {
  absent: 'volume-absent',
  'torn-down': 'volume-torn-down',
  replaced: 'volume-replaced',
  unreadable: 'volume-unreadable',
  unsteady: 'volume-unreadable',
  'sub-path': 'volume-by-sub-path',
};

function describeProblem(problem: MountProblem, remedies: readonly Remedy[]): Bare {
  const { kind, reason: seen, remedy } = problem;
  return fail(IDS[kind], { seen, remedy, remedies });
}

function remediesFor(
  { kind, key }: MountProblem,
  { path }: Mount,
  { name, settings }: RuleContext,
  context: Context,
): Remedy[] {
  if (kind === 'absent') return [mountAt(path, context)];
  if (key === undefined) return [];
  const { gid } = context.self.process.status;
  const exclude = [...(settings.exclude ?? []), key.path].join(',');
  return [
    ...(key.fsGroupHelps ? [{ changes: [podField('securityContext.fsGroup', gid)] }] : []),
    set(context, name, { REHUP_EXCLUDE: exclude }, 'leaves the key out: it is not opened then'),
  ];
}

function nothingCounts(
  { path }: Mount,
  keys: readonly string[],
  { name, settings }: RuleContext,
  context: Context,
): Bare {
  const variables = [
    ...(settings.include ? ['REHUP_INCLUDE'] : []),
    ...(settings.exclude ? ['REHUP_EXCLUDE'] : []),
  ];
  const globs = variables.join(' and ');
  return fail('no-key-counts', {
    seen: `${globs} leave no key of ${path} that counts: it has ${some(keys)}`,
    remedy: `correct ${globs}: globs are matched with key paths, or with the mount path in front if they begin with /`,
    remedies: [{ changes: variables.map((variable) => unset(context, name, variable)) }],
  });
}

function plain(
  { path, volume }: Mount,
  kind: 'directory' | 'file',
  { name, settings }: RuleContext,
  context: Context,
): Bare {
  const what = volume?.kind === 'other' ? describeVolume(volume) : `plain ${kind}`;
  const article = what.startsWith('e') ? 'an' : 'a';
  const remedies = mountWhatAppsMount(context).map(({ changes }) => ({
    changes: [...changes, unset(context, name, 'REHUP_WATCH')],
  }));
  return warn('not-kubelet-volume', {
    seen: `${path} is ${article} ${what}, not a volume that the kubelet updates: it is watched for edits in place, and polled every ${formatMs(settings.poll)}`,
    remedy:
      'none needed if a program of yours writes there; else mount the volume of the ConfigMap or Secret, and let REHUP_WATCH name where',
    remedies,
  });
}

/** Volumes of the app that rehup would watch if it had them. */
function findForgotten({ settings, resolution, mounts }: RuleContext, context: Context): Bare[] {
  if (settings.watch !== 'auto' || !('targets' in resolution)) return [];
  const watched = mounts.flatMap(({ volume }) => volume ?? []);
  return resolution.targets.flatMap((target) =>
    volumesOf(target)
      .filter(({ volume }) => !watched.some((ours) => isSameVolume(ours, volume)))
      .map(({ path, volume }) =>
        warn('volume-not-watched', {
          seen: `container ${containerOf(target)} mounts the ${describeVolume(volume)} at ${path}, and rehup does not: its updates cause no reload`,
          remedy:
            'mount it in the rehup container, too, if the app is to be reloaded for it (volumeMounts)',
          remedies: [{ changes: [addMount(context.container, nameOf(volume), path)] }],
        }),
      ),
  );
}
