import {
  type ContentKind,
  type ContentObject,
  readContent,
  writeContent,
} from '../../kubernetes/content.ts';
import { hashContent } from '../../kubernetes/hash-content.ts';
import { fitName, MAX_LABEL } from '../../kubernetes/names.ts';
import type { OwnerReference } from '../../kubernetes/types.ts';
import { type Kept, readKept, writeKept } from '../publish/kept.ts';
import { fitsIntoObject, TooMuchToKeep } from '../publish/read-generation.ts';

/** For people who look for it: `kubectl get configmap,secret -l rehup.dev/keeps=my-app`. */
const LABEL = 'rehup.dev/keeps';

const ANNOTATIONS = {
  /** Whose it is, as `Deployment/my-app/rule`. */
  keeps: 'rehup.dev/keeps',
  at: 'rehup.dev/kept-at',
  by: 'rehup.dev/kept-by',
  /** Of all that is in it; of a Secret, keyed with what is in it. */
  hash: 'rehup.dev/kept-hash',
} as const;

/** Of which kind, and whose. */
export type KeptFor = { kind: ContentKind; owner: OwnerReference; rule: string };

export type Draft = { metadata: object } & Readonly<Record<string, unknown>>;

/** The object, as it is created. @throws TooMuchToKeep */
export function buildObject(
  { kind, owner, rule }: KeptFor,
  { name, kept, salt }: { name: string; kept: Kept; salt: string },
): Draft {
  const key = kind === 'Secret' ? salt : undefined;
  const content = writeKept(kind, kept, key);
  if (!fitsIntoObject(content.values.values())) throw new TooMuchToKeep();
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      labels: { [LABEL]: fitName(owner.name, MAX_LABEL) },
      annotations: {
        [ANNOTATIONS.keeps]: describeKeeps({ owner, rule }),
        [ANNOTATIONS.at]: kept.at,
        [ANNOTATIONS.by]: kept.by,
        [ANNOTATIONS.hash]: hashContent(content, key),
      },
      ownerReferences: [owner],
    },
    immutable: true,
    ...writeContent(content),
  };
}

export function describeKeeps({ owner, rule }: Pick<KeptFor, 'owner' | 'rule'>): string {
  return `${owner.kind}/${owner.name}/${rule}`;
}

/** What an object under one of the names turns out to be. */
export type Found =
  | { is: 'kept'; kept: Kept; isOwned: boolean }
  /** Ours, and not as it was written. */
  | { is: 'damaged' }
  | { is: 'foreign'; whose: string | undefined };

export function judgeObject(object: ContentObject, { kind, owner, rule }: KeptFor): Found {
  const { annotations = {}, ownerReferences = [] } = object.metadata;
  const whose = annotations[ANNOTATIONS.keeps];
  if (whose !== describeKeeps({ owner, rule })) return { is: 'foreign', whose };
  const content = readContent(kind, object);
  const read = readKept(content);
  const isWhole =
    read !== undefined &&
    read.kept.rule === rule &&
    (kind === 'ConfigMap' || read.salt !== undefined) &&
    annotations[ANNOTATIONS.hash] === hashContent(content, read.salt);
  if (!isWhole) return { is: 'damaged' };
  // One of a workload that was deleted is deleted with it, sooner or later.
  return {
    is: 'kept',
    kept: read.kept,
    isOwned: ownerReferences.some(({ uid }) => uid === owner.uid),
  };
}
