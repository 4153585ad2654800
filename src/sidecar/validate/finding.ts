import { keyPath } from '../mount/key-path.ts';
import type { Mount } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import type { Problem } from './check/problem.ts';

/** What is wrong with one key. */
export type Finding = Problem & {
  /** Where the key is; a required key may be missing from all of them. */
  mounts: readonly Mount[];
  key: string;
};

const SHOWN = 5;

/** All findings in one sentence, and whom they are to be corrected with. */
export function toInvalid(findings: readonly Finding[]): Failure | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const more = findings.length - SHOWN;
  const shown = findings.slice(0, SHOWN).map(describe);
  return {
    outcome: 'invalid',
    reason: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
    remedy: `correct ${describeSource(first)}; until then the app keeps its old configuration`,
  };
}

function describe({ mounts, key, line, column, reason }: Finding): string {
  const [mount] = mounts;
  const path = mounts.length === 1 && mount ? keyPath(mount.path, key) : key;
  const place = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ];
  return `${[path, ...place].join(', ')}: ${reason}`;
}

function describeSource({ mounts, key }: Finding): string {
  const [mount] = mounts;
  if (mounts.length !== 1 || mount === undefined) return `the key ${key}`;
  const { volume, path } = mount;
  if (volume?.kind === 'configmap') {
    return `the key ${key} of the ConfigMap behind the volume ${volume.name ?? path}`;
  }
  if (volume?.kind === 'tmpfs') {
    return `the key ${key} of the Secret or projected volume at ${path}`;
  }
  return `the file ${keyPath(path, key)}`;
}
