import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import type { OwnerReference } from '../../kubernetes/types.ts';
import { writeContent } from '../../kubernetes/content.ts';
import { ANNOTATIONS, type Family, LABEL, labelValue } from './family.ts';
import type { Draft } from './from-manifest.ts';

/**
 * What belongs to the object that it is copied from alone: a copy of the whole content, and the marks
 * by which others know, and prune, what is theirs.
 */
const NOT_CARRIED =
  /^(?:rehup\.dev\/|applyset\.kubernetes\.io\/|kubectl\.kubernetes\.io\/last-applied-configuration$|argocd\.argoproj\.io\/tracking-id$)/;

export type RevisionInput = {
  family: Family;
  draft: Draft;
  name: string;
  /** Of a Secret. */
  salt: string | undefined;
  /** Those that it has already, and the one to be added. */
  owners: readonly OwnerReference[];
};

export type Revision = {
  metadata: { name: string } & Readonly<Record<string, unknown>>;
} & Readonly<Record<string, unknown>>;

/** The object of one content, as it is applied: complete but for what others may add. */
export function buildRevision({ family, draft, name, salt, owners }: RevisionInput): Revision {
  return {
    apiVersion: 'v1',
    kind: family.kind,
    metadata: {
      name,
      labels: { ...carried(draft.labels), [LABEL]: labelValue(family.base) },
      annotations: {
        ...carried(draft.annotations),
        [ANNOTATIONS.base]: family.base,
        ...(salt !== undefined && { [ANNOTATIONS.salt]: salt }),
      },
      ownerReferences: owners,
    },
    immutable: true,
    ...writeContent(draft.content),
  };
}

function carried(entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !NOT_CARRIED.test(key)));
}

/** Deleted with the workload, and with the last one where it has several. */
export function ownerOf({ kind, resource, workload }: LocatedWorkload): OwnerReference {
  const { name, uid } = workload.metadata;
  return { apiVersion: `${resource.group}/${resource.version}`, kind, name, uid };
}

/** A uid stands for one workload for good; its name may be used again. */
export function addOwner(
  owners: readonly OwnerReference[] | undefined,
  owner: OwnerReference,
): OwnerReference[] {
  return [...(owners ?? []).filter(({ uid }) => uid !== owner.uid), owner];
}
