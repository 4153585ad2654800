import { asFatal } from '../../kubernetes/fatal.ts';
import { listAll } from '../../kubernetes/list.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { OwnerReference } from '../../kubernetes/types.ts';
import { readWorkload, type WorkloadReference } from '../../kubernetes/rollout/workload.ts';
import {
  type ContentKind,
  type ContentObject,
  readContent,
  sizeOf,
} from '../../kubernetes/content.ts';
import {
  baseOf,
  type Family,
  hasFailed,
  LABEL,
  labelSelector,
  newestFirst,
  resourceOfFamily,
} from './family.ts';
import { type Place, readCluster } from './read.ts';
import { ownerOf } from './revision.ts';
import { findUsers, type User } from './users.ts';

/** A revision, as it is shown. */
export type Listed = {
  kind: ContentKind;
  name: string;
  /** The family. */
  base: string;
  /** RFC 3339. */
  created: string;
  keys: string[];
  sizeBytes: number;
  /** A rollout with it did not become ready. */
  failed: boolean;
  usedBy: string[];
};

export type ListInput = Place & {
  /** Otherwise all. */
  family: Family | undefined;
  /** Those made for this workload; otherwise for any. */
  reference: WorkloadReference | undefined;
  warn: (line: string) => void;
};

/** The revisions of a namespace, the last used first. Verbs: `list` on all that may refer to them. */
export async function listRevisions(input: ListInput, signal: AbortSignal): Promise<Listed[]> {
  const { client, namespace, family, reference } = input;
  const kinds = family === undefined ? (['ConfigMap', 'Secret'] as const) : [family.kind];
  const found = reference && (await readWorkload(client, reference, namespace, signal));
  const own = found && ownerOf(found);
  const objects = new Map<ContentKind, ContentObject[]>();
  for (const kind of kinds) {
    const all = await readKind(input, kind, signal);
    objects.set(
      kind,
      all.filter(({ metadata }) => own === undefined || isOwned(metadata.ownerReferences, own)),
    );
  }
  const owners = [...objects.values()]
    .flat()
    .flatMap(({ metadata }) => metadata.ownerReferences ?? []);
  const cluster = await readCluster(input, own ? [own, ...owners] : owners, signal);
  return kinds.flatMap((kind) => {
    const users = findUsers(cluster, kind);
    return sortObjects(objects.get(kind) ?? []).map((object) => describe(kind, object, users));
  });
}

/** Without a family nobody has asked for Secrets: that they may not be read is no failure. */
async function readKind(
  { client, namespace, family, warn }: ListInput,
  kind: ContentKind,
  signal: AbortSignal,
): Promise<ContentObject[]> {
  const query = { labelSelector: family === undefined ? LABEL : labelSelector(family) };
  const request = { ...resourceOfFamily({ kind }), namespace, query };
  try {
    const all = await listAll<ContentObject>(client, request, signal);
    return all.filter(({ metadata }) => {
      const base = baseOf(metadata);
      return family === undefined ? base !== undefined : base === family.base;
    });
  } catch (error) {
    const isDenied = error instanceof KubeProblem && error.kind === 'forbidden';
    if (family !== undefined || kind !== 'Secret' || !isDenied) throw error;
    warn(`Secrets are left out: ${asFatal(error).message}`);
    return [];
  }
}

function isOwned(owners: readonly OwnerReference[] | undefined, { uid }: OwnerReference): boolean {
  return owners?.some((owner) => owner.uid === uid) ?? false;
}

function sortObjects(objects: readonly ContentObject[]): ContentObject[] {
  const byMetadata = new Map(objects.map((object) => [object.metadata, object]));
  return newestFirst([...byMetadata.keys()]).flatMap((metadata) => byMetadata.get(metadata) ?? []);
}

function describe(kind: ContentKind, object: ContentObject, users: readonly User[]): Listed {
  const content = readContent(kind, object);
  const { metadata } = object;
  const { name, creationTimestamp: created = '' } = metadata;
  return {
    kind,
    name,
    base: baseOf(metadata) ?? '',
    created,
    keys: [...content.values.keys()].toSorted(),
    sizeBytes: sizeOf(content),
    failed: hasFailed(metadata),
    usedBy: users.filter(({ names }) => names.has(name)).map(({ what }) => what),
  };
}
