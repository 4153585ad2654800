import { isUnlinked } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import { appOf } from './app.ts';
import { byStart, currentRuns, listContainers, listProcesses } from './containers.ts';
import { isReloader, isWriter } from './program.ts';
import type { Process } from './process.ts';
import type { Among, FoundTargets, Resolution, Watched } from './resolution.ts';
import { takesSignal } from './takes-signal.ts';
import { mayWrite, mountsOf, type Use, useOf } from './use.ts';
import { isInteractive } from './visitors.ts';

/**
 * `--target auto`: for each changed volume, the app of the one container that mounts it too. It knows
 * the processes that may be acted on, by container, and the watched volumes; it decides which container
 * is meant, and leaves to `appOf` which of its processes that is. Several volumes may lead to several
 * apps, one each.
 */
export function findAutomatic(among: Among): Resolution {
  const known = among.watched.filter(({ volume }) => volume !== undefined);
  if (!among.self.inPod || known.length === 0) return { failure: nothingToGoBy(among) };
  const found = known.map((watched) => findForVolume(among, watched));
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

type FoundForVolume = FoundTargets | { failure: Failure; unused?: boolean };

/** A container that may be meant, by its app. */
type User = { app: Process; use: Use; writes: boolean };

function findForVolume(among: Among, watched: Watched): FoundForVolume {
  const users = currentRuns(among.others).flatMap((members) => userOf(members, among, watched));
  const good = users.filter(
    ({ use }) => use === 'whole' || (use === 'subPath' && among.subPath === 'too'),
  );
  if (good.length > 0) return chooseApp(among, watched, good);
  const stale = users.filter(({ use }) => use === 'subPath');
  const apps = stale.map(({ app }) => app);
  if (stale.length === 0) return { failure: nobody(watched, among.others), unused: true };
  if (among.subPath === undefined) return { failure: onlySubPath(watched, apps) };
  const chosen = chooseApp(among, watched, stale);
  if ('failure' in chosen) return chosen;
  const reasons = chosen.targets.map((one) => [one.pid, onlySubPath(watched, [one])] as const);
  return { ...chosen, onlyByRestart: new Map(reasons) };
}

/** What one process of a container does not show, another may: one that has changed its root. */
function userOf(members: readonly Process[], { signal }: Among, { volume }: Watched): User[] {
  const app = appOf(members, signal);
  if (app === undefined || isInteractive(app)) return [];
  const mounts = [app, ...members].find((one) => useOf(one, volume) !== 'none')?.mounts ?? [];
  return [{ app, use: useOf({ mounts }, volume), writes: mayWrite({ mounts }, volume) }];
}

/**
 * Each step leaves out who is less likely the app, unless nobody would be left: who tells the app of
 * changes, who writes them, who does not take the signal.
 */
function chooseApp(
  { select, signal }: Among,
  watched: Watched,
  users: readonly User[],
): FoundForVolume {
  const notReloaders = users.filter(({ app }) => !isReloader(app));
  if (notReloaders.length === 0) {
    return {
      failure: nobody(
        watched,
        users.map(({ app }) => app),
      ),
    };
  }
  const readers = unlessNone(
    unlessNone(notReloaders, ({ app }) => !isWriter(app)),
    ({ writes }) => !writes,
  );
  const apps = readers.map(({ app }) => app);
  if (apps.length === 1 || select === 'all') return { targets: apps };
  const left = unlessNone(apps, (app) => signal !== undefined && takesSignal(app, signal));
  if (left.length === 1) return { targets: left };
  if (select === 'oldest') return { targets: byStart(left).slice(0, 1) };
  return { failure: ambiguous(watched, apps, left) };
}

function unlessNone<Item>(items: readonly Item[], holds: (item: Item) => boolean): readonly Item[] {
  const rest = items.filter(holds);
  return rest.length > 0 ? rest : items;
}

function ambiguous(watched: Watched, apps: readonly Process[], left: readonly Process[]): Failure {
  const [first, ...others] = left.map(describeTarget);
  return {
    outcome: 'ambiguous-target',
    check: 'target-ambiguous',
    mayRun: true,
    reason: `${apps.length} containers mount the volume at ${watched.path}: ${listProcesses(apps)}`,
    remedy: `add to the rehup container: env: [{name: REHUP_TARGET, value: ${JSON.stringify(first)}}] (or ${others.join(', ')})`,
    ...(first !== undefined && { set: { REHUP_TARGET: first } }),
  };
}

/** What `--target` would be for it alone. */
function describeTarget({ container, comm }: Process): string {
  return container.name === undefined ? `name:${comm}` : `container:${container.name}`;
}

function nothingToGoBy({ self, watched }: Among): Failure {
  const paths = watched.map(({ path }) => path).join(', ');
  return {
    outcome: 'no-target',
    check: 'target-not-told',
    reason: self.inPod
      ? `no volume is mounted at ${paths}, so it cannot be told which container uses it`
      : 'nothing shows that rehup is in a pod (its mounts do not, as in gVisor and Kata), so the app cannot be told by the volume it mounts',
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
