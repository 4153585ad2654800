import { getAt } from '../../manifest/path.ts';
import type { Pod } from '../../manifest/pod.ts';
import { type Mount, pathsIn } from '../../manifest/volume.ts';
import { mountsOf, type Published } from './volumes.ts';

/** What a pair of REHUP_PUBLISH_AS takes for itself; no key of a ConfigMap or Secret has any of it. */
const SPECIAL = /[\\*?[\]{}!@+(),=]/;

/** Globs of the keys that are mounted one by one, which have to stay the same file; or why that cannot be. */
export function keysInPlace(
  pod: Pod,
  { source }: Published,
): { globs: readonly string[] } | { trouble: string } {
  const paths = pathsIn(getAt(pod.value, source.path.slice(pod.path.length)));
  const globs = new Set<string>();
  for (const { container, mount } of mountsOf(pod, source)) {
    if (mount.subPath === undefined) continue;
    const key = mount.subPath.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
    const where = `${container.name} mounts ${key} of the volume ${source.name} by ${mount.subPathField}`;
    if (paths.some((path) => path.startsWith(`${key}/`))) {
      return { trouble: `${where}: a directory of its own is swapped at each change` };
    }
    if (key.includes('/')) {
      return { trouble: `${where}: what lies in a directory is never written in place` };
    }
    const glob = globOf(mount, key);
    if (glob === undefined) return { trouble: `${where}: a key of that name cannot be named` };
    globs.add(glob);
  }
  return { globs: [...globs] };
}

/** Of an expression the variables are not known here. */
function globOf({ subPathField }: Mount, key: string): string | undefined {
  const parts = subPathField === 'subPathExpr' ? key.split(/\$\([^()]*\)/) : [key];
  return parts.some((part) => SPECIAL.test(part)) ? undefined : parts.join('*');
}

/** As REHUP_PUBLISH_AS. What is mounted one by one comes first: the first that matches holds. */
export function formatForms(globs: readonly string[], given: string | undefined): string {
  return [...globs.map((glob) => `${glob}=in-place`), ...(given ? [given] : [])].join(',');
}
