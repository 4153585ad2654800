import { dirname } from 'node:path';
import type { Mount, Volume } from '../sidecar/mount/mount.ts';
import type { Context, RuleContext } from './context.ts';
import { appsIn } from './neighbours.ts';
import { addMount, type Remedy, removeMount } from './remedy.ts';
import { set, unset } from './settings.ts';
import { directoryFor, isSameVolume, nameOf, UNKNOWN_VOLUME, volumesOf } from './volumes.ts';

/** Mounts for the rehup container: one way for each volume that an app mounts. */
export function mountWhatAppsMount(context: Context): Remedy[] {
  const { container } = context;
  const found = appsIn(context).flatMap(volumesOf);
  const wholes = found.filter(({ volume }) => !volume.subPath);
  if (wholes.length > 0) {
    return wholes.map(({ path, volume }) => ({
      changes: [addMount(container, nameOf(volume), path)],
    }));
  }
  return found.slice(0, 1).map(({ path, volume }) => {
    const name = nameOf(volume);
    return { changes: [addMount(container, name, directoryFor(dirname(path), name))] };
  });
}

/** Where no app shows what it mounts. */
export function mountSomething({ container }: Context): Remedy {
  return { changes: [addMount(container, UNKNOWN_VOLUME, '/etc/app')] };
}

/** What is most likely meant to be mounted at a path where nothing is. */
export function mountAt(path: string, context: Context): Remedy {
  const [first] = appsIn(context).flatMap(volumesOf);
  return { changes: [addMount(context.container, nameOf(first?.volume), path)] };
}

/** The whole volume instead of the key: where the app has it, or in the key's directory. */
export function mountWhole(mount: Mount, { name, given }: RuleContext, context: Context): Remedy {
  const { container } = context;
  const volume = nameOf(mount.volume);
  const directory = placeOf(mount.volume, context) ?? directoryFor(mount.path, volume);
  const key = keyOf(mount.volume);
  return {
    changes: [
      removeMount(container, mount.path),
      addMount(container, volume, directory),
      ...(key === undefined ? [] : set(context, name, { REHUP_INCLUDE: key }).changes),
      ...(given.has('watch') ? [unset(context, name, 'REHUP_WATCH')] : []),
    ],
  };
}

/** Where an app mounts the volume whole. */
function placeOf(volume: Volume | undefined, context: Context): string | undefined {
  if (volume === undefined) return undefined;
  return appsIn(context)
    .flatMap(volumesOf)
    .find((theirs) => !theirs.volume.subPath && isSameVolume(theirs.volume, volume))?.path;
}

/** What a `subPath` mount was taken for: the path below the timestamped directory. */
function keyOf(volume: Volume | undefined): string | undefined {
  return /\/\.\.\d{4}(?:_\d{2}){5}\.\d+\/(.+?)(?:\/\/deleted)?$/.exec(volume?.root ?? '')?.[1];
}
