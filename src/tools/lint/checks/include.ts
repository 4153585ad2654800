import { join } from 'node:path';
import { compileGlob } from '../../../config/glob.ts';
import type { Check } from '../check.ts';
import { changeSettings } from '../edits.ts';
import { keysOf } from '../objects.ts';
import { findWatched, type Subject, type Watched } from '../subject.ts';

/** Whether the patterns of keys have a sense. */
export const includeChecks: readonly Check[] = [
  {
    id: 'include-matches-nothing',
    severity: 'warning',
    summary: 'a pattern of REHUP_INCLUDE matches no key of what is watched',
    find: (subject) => {
      const { settings, rehup } = subject;
      const place = settings.written.environment.origins.get('REHUP_INCLUDE');
      return settings.rules.flatMap((rule) => {
        const { include } = rule.settings;
        const keys = knownKeys(subject, findWatched(subject, rule.settings));
        if (include === undefined || keys === undefined) return [];
        const idle = include.filter((glob) => !keys.some((key) => matches(glob, key)));
        if (idle.length === 0) return [];
        const rest = include.filter((glob) => !idle.includes(glob));
        return [
          {
            path: place?.valuePath ?? rehup.path,
            message: `REHUP_INCLUDE=${idle.join(',')}: no key matches; there are ${keys.map(({ key }) => key).join(', ')}`,
            why: 'a change of another key reloads nothing (filtered)',
            remedies: [
              {
                text: rest.length > 0 ? 'remove it' : 'leave REHUP_INCLUDE away, or name a key',
                edits: changeSettings(subject, { include: rest.join(',') || undefined }) ?? [],
              },
            ],
          },
        ];
      });
    },
  },
];

type Key = { mountPath: string; key: string };

/** What will be in the volumes; `undefined` where the manifests do not tell. */
function knownKeys(
  { objects, workload }: Subject,
  watched: readonly Watched[],
): readonly Key[] | undefined {
  if (watched.length === 0) return undefined;
  const lists = watched.map(({ mount: { mountPath }, volume }) => {
    const [reference] = volume.references;
    if (reference === undefined || !['configMap', 'secret'].includes(volume.kind)) return undefined;
    const object = objects.find(reference, workload.object.namespace);
    const paths = volume.items ? [...volume.items.values()] : object && keysOf(object);
    return paths?.map((key) => ({ mountPath, key }));
  });
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

/** As the sidecar does it: a pattern that begins with a slash is one of whole paths. */
function matches(glob: string, { mountPath, key }: Key): boolean {
  return compileGlob(glob)(glob.startsWith('/') ? join(mountPath, key) : key);
}
