import type { ObjectMeta, OwnerReference } from '../../src/kubernetes/types.ts';
import type { Content, ContentKind } from '../../src/kubernetes/content.ts';
import { ANNOTATIONS, LABEL } from '../../src/tools/rotate/family.ts';

export function buildContent(
  texts: Readonly<Record<string, string>>,
  { kind = 'ConfigMap', binary = false }: { kind?: ContentKind; binary?: boolean } = {},
): Content {
  const values = Object.entries(texts).map(
    ([key, text]) => [key, { bytes: Buffer.from(text), binary }] as const,
  );
  return { kind, type: kind === 'Secret' ? 'Opaque' : '', values: new Map(values) };
}

type MemberSpec = {
  /** Seconds since some start: when it was created. */
  created?: number;
  /** When it was last moved to. */
  used?: number;
  failed?: boolean;
  salt?: string;
  owners?: readonly string[];
};

/** A revision of `app-config`. */
export function buildMember(name: string, spec: MemberSpec = {}): ObjectMeta {
  const { created = 0, used, failed = false, salt, owners = [] } = spec;
  return {
    name,
    uid: `uid of ${name}`,
    resourceVersion: '1',
    creationTimestamp: time(created),
    labels: { [LABEL]: 'app-config' },
    annotations: {
      [ANNOTATIONS.base]: 'app-config',
      ...(used !== undefined && { [ANNOTATIONS.usedAt]: time(used) }),
      ...(failed && { [ANNOTATIONS.failedAt]: time(created) }),
      ...(salt !== undefined && { [ANNOTATIONS.salt]: salt }),
    },
    ownerReferences: owners.map((uid) => buildOwner(uid)),
  };
}

export function buildOwner(uid: string, controller = false): OwnerReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app', uid, controller };
}

function time(seconds: number): string {
  return new Date(1_700_000_000_000 + seconds * 1000).toISOString();
}
