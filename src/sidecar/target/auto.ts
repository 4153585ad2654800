import { basename } from 'node:path';
import type { Failure } from '../outcome.ts';
import { isUnlinked, type Volume, toVolume, volumeRoot } from '../mount/mount.ts';
import { byStart, entryOf, groupByContainer, listContainers, listProcesses } from './containers.ts';
import { RELOADERS } from '../../config/reloaders.ts';
import { takesSignal } from './guard.ts';
import type { Process } from './processes.ts';
import type { Found, Resolution, SelectInput } from './select.ts';

/** A watched mount, with the volume it is of, if known. */
export type Watched = { path: string; volume: Volume | undefined };

type AutomaticInput = SelectInput & { others: readonly Process[] };

/**
 * `--target auto`: for each changed volume, the main process of the one container that mounts it
 * too. Several volumes may lead to several apps, one each.
 */
export function findAutomatic(input: AutomaticInput): Resolution {
  const known = input.watched.filter(({ volume }) => volume !== undefined);
  if (!input.self.inPod || known.length === 0) return { failure: nothingToGoBy(input) };
  const found = known.map((watched) => findForVolume(input, watched));
  const targets = new Map(
    found.flatMap((one) => ('targets' in one ? one.targets : [])).map((one) => [one.pid, one]),
  );
  // A volume that only rehup mounts says nothing about the others; any other trouble stands.
  const failure = found.find((one) => 'failure' in one && (targets.size === 0 || !one.unused));
  const onlyByRestart = new Map(
    found.flatMap((one) => ('targets' in one ? [...(one.onlyByRestart ?? [])] : [])),
  );
  return failure ?? { targets: [...targets.values()], onlyByRestart };
}

type FoundForVolume = Found | { failure: Failure; unused?: boolean };

function findForVolume(input: AutomaticInput, watched: Watched): FoundForVolume {
  const entries = [...groupByContainer(input.others).values()].flatMap(
    (members) => entryOf(members) ?? [],
  );
  const uses = entries.map((entry) => ({ entry, use: useOf(entry, watched.volume) }));
  const candidates = uses.flatMap(({ entry, use }) =>
    use === 'whole' || (use === 'subPath' && input.subPath === 'too') ? [entry] : [],
  );
  if (candidates.length > 0) return chooseApp(input, watched, candidates);
  const stale = uses.flatMap(({ entry, use }) => (use === 'subPath' ? [entry] : []));
  if (stale.length === 0) return { failure: nobody(watched, input.others), unused: true };
  if (input.subPath === undefined) return { failure: onlySubPath(watched, stale) };
  const chosen = chooseApp(input, watched, stale);
  if ('failure' in chosen) return chosen;
  const reasons = chosen.targets.map((one) => [one.pid, onlySubPath(watched, [one])] as const);
  return { ...chosen, onlyByRestart: new Map(reasons) };
}

/** How a process mounts the volume: as a directory that follows updates, or by `subPath`. */
export function useOf(process: Process, volume: Volume | undefined): 'whole' | 'subPath' | 'none' {
  const same = mountsOf(process, volume);
  if (same.some(({ subPath }) => !subPath)) return 'whole';
  return same.length > 0 ? 'subPath' : 'none';
}

/** A process's own mounts of this volume. */
export function mountsOf({ mounts }: Process, volume: Volume | undefined): Volume[] {
  if (volume === undefined) return [];
  const root = volumeRoot(volume);
  return mounts
    .filter(({ device }) => device === volume.device)
    .map(toVolume)
    .filter((theirs) => volumeRoot(theirs) === root);
}

/** One candidate is the app; of several, the one that is no reloader and takes the signal. */
function chooseApp(
  { select, signal }: AutomaticInput,
  watched: Watched,
  candidates: readonly Process[],
): FoundForVolume {
  const apps = candidates.filter((candidate) => !isReloader(candidate));
  if (apps.length === 1 || (apps.length > 0 && select === 'all')) return { targets: apps };
  const able =
    signal === undefined ? apps : apps.filter((candidate) => takesSignal(candidate, signal));
  if (able.length === 1) return { targets: able };
  if (apps.length === 0) return { failure: nobody(watched, candidates) };
  const left = able.length === 0 ? apps : able;
  if (select === 'oldest') return { targets: byStart(left).slice(0, 1) };
  const [first, ...others] = left.map(describeTarget);
  return {
    failure: {
      outcome: 'ambiguous-target',
      check: 'target-ambiguous',
      mayRun: true,
      reason: `${apps.length} containers mount the volume at ${watched.path}: ${listProcesses(apps)}`,
      remedy: `add to the rehup container: env: [{name: REHUP_TARGET, value: ${JSON.stringify(first)}}] (or ${others.join(', ')})`,
      ...(first !== undefined && { set: { REHUP_TARGET: first } }),
    },
  };
}

/** What `--target` would be for it alone. */
function describeTarget({ container, comm }: Process): string {
  return container.name === undefined ? `name:${comm}` : `container:${container.name}`;
}

export function isReloader({ comm, argv }: Process): boolean {
  const program = basename(argv[0] ?? '');
  return RELOADERS.some((name) => name === program || name === comm);
}

function nothingToGoBy({ self, watched }: AutomaticInput): Failure {
  const paths = watched.map(({ path }) => path).join(', ');
  return {
    outcome: 'no-target',
    check: 'target-not-told',
    reason: self.inPod
      ? `no volume is mounted at ${paths}, so that it cannot be told which container uses it`
      : 'rehup is not in a pod, so that the app cannot be told by the volume it mounts',
    remedy:
      'set REHUP_TARGET (container:<name>, name:<program>, cmdline:<regex> or pidfile:<path>)',
  };
}

function nobody({ path }: Watched, others: readonly Process[]): Failure {
  // Between the end of the app and its restart there is nothing wrong with the volumes.
  if (others.length === 0) return nobodyRuns;
  return {
    outcome: 'no-target',
    check: 'app-mounts-nothing',
    reason: `no running app in another container mounts the volume at ${path}; seen: ${listContainers(others)}`,
    remedy:
      'mount the volume in the app container too, or set REHUP_TARGET=container:<name> if the app takes the content from its environment',
  };
}

const nobodyRuns: Failure = {
  outcome: 'no-target',
  check: 'app-not-running',
  reason: 'no process of another container is running',
  remedy:
    'none needed while the app starts or restarts: it is looked for again; if it stays away: kubectl describe pod <pod>',
};

export function onlySubPath({ path, volume }: Watched, users: readonly Process[]): Failure {
  const names = users.map(({ container }) => container.name ?? '?').join(', ');
  const stale = users.some((user) =>
    mountsOf(user, volume).some((mount) => mount.subPath && isUnlinked(mount)),
  );
  return {
    outcome: 'no-target',
    check: 'app-mounts-sub-path',
    restartHelps: true,
    reason: `container ${names} mounts the volume at ${path} by subPath, which never updates in a running container${stale ? '; what it has is stale since the last swap' : ''}`,
    remedy:
      'mount the whole volume as a directory (volumeMounts without subPath) in that container, or restart it: REHUP_RESTART=container',
  };
}
