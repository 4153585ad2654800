import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { nextFolder } from '../../config/canary.ts';
import type { Config } from '../../config/load.ts';
import { sourceFolder } from '../../config/parse-source.ts';
import { NothingToWatchError } from '../../system/errors.ts';
import type { MountEntry } from '../../system/proc/mountinfo.ts';
import { readOwnMounts } from '../../system/proc/own-mounts.ts';
import { describeDelivered, describeMount, discoverMounts } from './discover.ts';
import { mergeMounts, type Mount } from './mount.ts';

/**
 * Rule name → the mounts it watches, as configured or as found in this container's own mount table.
 *
 * @param configFile Its volume is rehup's own, and not found by itself.
 */
export function assignMounts(
  { rules }: Config,
  configFile: string | undefined,
): ReadonlyMap<string, readonly Mount[]> {
  const entries = readOwnMounts();
  const published = rules.flatMap(({ settings }) => settings.publish ?? []);
  return new Map(
    rules.map(({ name, settings }) => {
      const { source, publish, watch, canary } = settings;
      // What comes from the API is brought there by rehup itself, and may have yet to come.
      if (source !== undefined && publish !== undefined) {
        const folders = [sourceFolder(publish), ...(canary ? [nextFolder(publish)] : [])];
        const delivered = folders.map((folder) => describeDelivered(folder, entries));
        return [name, canary ? asTwo(delivered) : delivered];
      }
      if (canary !== undefined && 'path' in canary) {
        const next = describeMount(canary.path, entries);
        const found = findMounts(watch, { entries, configFile, published });
        return [name, asTwo([...found.filter(({ path }) => path !== next.path), next])];
      }
      return [name, findMounts(watch, { entries, configFile, published })];
    }),
  );
}

/** Stable, and next, of which there may be none. */
function asTwo(mounts: readonly Mount[]): readonly Mount[] {
  const [stable, next, more] = mounts;
  if (stable !== undefined && next !== undefined && more === undefined) {
    return [stable, { ...next, isOptional: true }];
  }
  const paths = mounts.slice(0, -1).map(({ path }) => path);
  throw new NothingToWatchError(
    paths.length === 0
      ? 'beside what REHUP_CANARY names, nothing is mounted in the rehup container: there is no stable content'
      : `beside what REHUP_CANARY names, one volume is the stable content, and there are ${paths.length}: ${paths.join(', ')}`,
    paths.length === 0
      ? 'mount the stable ConfigMap in the rehup container, too'
      : 'name the stable one: REHUP_WATCH=<directory>; for others, write rules with a REHUP_PUBLISH of their own',
  );
}

type Surroundings = {
  entries: readonly MountEntry[];
  configFile: string | undefined;
  /** Written by rehup itself, though as the kubelet would. */
  published: readonly string[];
};

function findMounts(
  watch: 'auto' | readonly string[],
  { entries, configFile, published }: Surroundings,
): Mount[] {
  if (watch !== 'auto') {
    return mergeMounts(requireSome(watch).map((path) => describeMount(path, entries)));
  }
  const found = discoverMounts(entries).filter(
    ({ path }) =>
      configFile?.startsWith(`${path}/`) !== true &&
      !published.some((one) => one === path || one.startsWith(`${path}/`)),
  );
  if (found.length > 0) return found;
  throw new NothingToWatchError(
    'no ConfigMap, Secret, projected or downwardAPI volume is mounted in the rehup container',
    'add the volume of the app to the rehup container: volumeMounts: [{name: <volume>, mountPath: /etc/app, readOnly: true}], or set REHUP_WATCH',
  );
}

/** A path may appear later, as a git-sync link does; one without even a parent never will. */
function requireSome(paths: readonly string[]): readonly string[] {
  if (paths.some((path) => existsSync(dirname(path)))) return paths;
  throw new NothingToWatchError(
    `nothing to watch exists: ${paths.join(', ')}`,
    'correct REHUP_WATCH, or mount the volume there: volumeMounts: [{name: <volume>, mountPath: <path>}]',
  );
}

/**
 * When the pod's sandbox was made (wall clock, milliseconds): the runtime writes the pod's hostname
 * file then, after all volumes were set up and before any container started.
 */
export function readSandboxStart(path = '/etc/hostname'): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
