import { fitName, MAX_LABEL } from '../../kubernetes/names.ts';
import { resourceOf, type Resource } from '../../kubernetes/request.ts';
import type { ObjectMeta } from '../../kubernetes/types.ts';
import type { ContentKind } from '../../kubernetes/content.ts';

/** All revisions of one ConfigMap or Secret: `app-config-<hash>` for `app-config`. */
export type Family = { kind: ContentKind; base: string };

/** Which family an object belongs to. Nothing without it is ever moved to, listed or deleted. */
export const LABEL = 'rehup.dev/rotates';

export const ANNOTATIONS = {
  /** The same without the limit of 63 characters that labels have. */
  base: 'rehup.dev/rotates',
  /** What the hash of a Secret is keyed with. */
  salt: 'rehup.dev/salt',
  /** When a workload was last moved to it, if that was not when it was created. */
  usedAt: 'rehup.dev/rotated-at',
  /** When a rollout with it failed. */
  failedAt: 'rehup.dev/failed-at',
} as const;

export function labelValue(base: string): string {
  return fitName(base, MAX_LABEL);
}

export function labelSelector({ base }: Family): string {
  return `${LABEL}=${labelValue(base)}`;
}

/** The base of the family that rehup made the object for; `undefined` for any other object. */
export function baseOf({ labels, annotations }: ObjectMeta): string | undefined {
  const base = annotations?.[ANNOTATIONS.base];
  return base !== undefined && labels?.[LABEL] === labelValue(base) ? base : undefined;
}

/** When it was last moved to, as far as is known. Since the epoch, in milliseconds. */
function lastUsedMs({ annotations, creationTimestamp }: ObjectMeta): number {
  const times = [annotations?.[ANNOTATIONS.usedAt], creationTimestamp];
  return Math.max(0, ...times.map((time) => Date.parse(time ?? '')).filter(Number.isFinite));
}

export function hasFailed({ annotations }: ObjectMeta): boolean {
  return annotations?.[ANNOTATIONS.failedAt] !== undefined;
}

/** The last used first. */
export function newestFirst(members: readonly ObjectMeta[]): ObjectMeta[] {
  return members.toSorted((one, other) => lastUsedMs(other) - lastUsedMs(one));
}

export function resourceOfFamily({ kind }: Pick<Family, 'kind'>): Resource {
  return resourceOf(kind);
}

/** `configmap/app-config-x`, as kubectl writes it. */
export function describeObject({ kind }: Family, name: string): string {
  return `${kind.toLowerCase()}/${name}`;
}
