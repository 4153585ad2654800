import type { ManifestObject } from '../../manifest/object.ts';
import type { Volume } from '../../manifest/volume.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import { findWatched, type Subject } from '../subject.ts';

/** Whether the objects behind the watched volumes can change. */
export const objectChecks: readonly Check[] = [
  {
    id: 'object-immutable',
    severity: 'error',
    summary: 'the watched ConfigMap or Secret is immutable: its content never changes',
    find: (subject) =>
      watchedVolumes(subject).flatMap(({ references }) =>
        references.flatMap((reference) => {
          const object = subject.objects.find(reference, subject.workload.object.namespace);
          return object?.value['immutable'] === true ? [immutable(object)] : [];
        }),
      ),
  },
  {
    id: 'generated-name',
    severity: 'note',
    summary:
      'the name of the watched object is made from its content: a change is a rollout, not an update',
    find: (subject) =>
      watchedVolumes(subject).flatMap(({ path, kind, references }) => {
        const [reference] = references;
        const base = reference && HASHED.exec(reference.name)?.[1];
        if (reference === undefined || base === undefined || kind === 'projected') return [];
        const field = kind === 'secret' ? 'secretName' : 'name';
        return [
          {
            path: [...path, kind, field],
            message: `${reference.kind} ${reference.name} seems to be named after its content, by kustomize`,
            why: 'new content then has a new name, which comes by a rollout: the mounted object never changes, and rehup has nothing to do',
            remedies: [
              {
                text: 'give it a name that stays: generatorOptions: {disableNameSuffixHash: true} in kustomization.yaml',
                edits: [{ path: [...path, kind, field], value: base }],
              },
            ],
          },
        ];
      }),
  },
];

/** What kustomize appends: ten characters, of which some are replaced so that no words arise. */
const HASHED = /^(.+)-[bcdfghkmt2456789]{10}$/;

function watchedVolumes(subject: Subject): Volume[] {
  const watched = subject.settings.rules.flatMap(({ settings }) => findWatched(subject, settings));
  return [...new Set(watched.map(({ volume }) => volume))];
}

function immutable(object: ManifestObject): Found {
  const { document, kind, name } = object;
  const path = [...object.path, 'immutable'];
  return {
    document,
    path,
    message: `${kind} ${name} is immutable`,
    why: 'its content cannot be changed, and the kubelet has stopped to look: there is never anything to reload',
    remedies: [
      {
        text: 'make it mutable; the API server takes that only of a new object: delete it, then apply this. Or keep it, give each content a name of its own, and do without rehup',
        edits: [{ path, value: false }],
        elsewhere: { document, object: `${kind}/${name}` },
      },
    ],
  };
}
