import { stringify } from 'yaml';
import type { Change } from '../remedy.ts';

/** A value on one line, as it can stand behind a key. */
export function toYaml(value: unknown): string {
  return stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
    defaultStringType: 'PLAIN',
    // kubectl reads YAML 1.1, in which `off` is false.
    compat: 'yaml-1.1',
  }).trimEnd();
}

/** Documents to paste. */
export function toManifest(objects: readonly object[]): string {
  const documents = objects.map((object) => stringify(object, { lineWidth: 0 }).trimEnd());
  return documents.join('\n---\n');
}

/** `spec.shareProcessNamespace: true`, with the place in front where it is not the pod spec. */
export function describeChange({ where, path, value }: Change): string {
  const place = where === undefined ? '' : `${where}: `;
  return value === null ? `${place}remove ${path}` : `${place}${path}: ${toYaml(value)}`;
}
