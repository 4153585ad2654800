import { join, relative } from 'node:path';
import { compileGlob } from '../../config/glob.ts';
import type { Settings } from '../../config/options.ts';
import type { MountEntry } from '../../system/proc/mountinfo.ts';
import { findContaining } from '../mount/containing.ts';
import { describeMount } from '../mount/discover.ts';
import type { Mount } from '../mount/mount.ts';
import type { FormOf } from './forms.ts';

type Published = Pick<Settings, 'publishAs'> & { publish: string };

/** The form of each key, by the first glob that matches; what lies in a directory has that of its kind. */
export function compileForms({ publishAs = [] }: Pick<Settings, 'publishAs'>): FormOf {
  const rules = publishAs.map(({ glob, form }) => ({ matches: compileGlob(glob), form }));
  return (name) => rules.find(({ matches }) => matches(name))?.form ?? 'links';
}

/** The published directory, as what the app mounts: the whole volume, that directory of it, or one key. */
export function describePublished(settings: Published, entries: readonly MountEntry[]): Mount {
  const { publish } = settings;
  const { volume } = describeMount(publish, entries);
  const entry = findContaining(publish, entries);
  if (volume === undefined || entry === undefined) return { path: publish };
  const formOf = compileForms(settings);
  const root = join(volume.root, relative(entry.mountPoint, publish));
  const staysSame = (name: string): boolean => formOf(name) === 'in-place';
  const published = { base: volume.root, staysSame };
  return { path: publish, volume: { ...volume, root, published } };
}
