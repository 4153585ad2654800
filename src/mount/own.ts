import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { NothingToWatchError } from '../errors.ts';
import { parseMountinfo } from '../proc/mountinfo.ts';
import { describeMount, discoverMounts } from './discover.ts';
import type { Mount } from './mount.ts';

/** The mounts to watch, as configured or as found in this container's own mount table. */
export function findMounts(watch: 'auto' | readonly string[]): Mount[] {
  const entries = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  if (watch !== 'auto') return requireSome(watch).map((path) => describeMount(path, entries));
  const found = discoverMounts(entries);
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
