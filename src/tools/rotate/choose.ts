import type { ObjectMeta } from '../../kubernetes/types.ts';
import { hasFailed, newestFirst } from './family.ts';
import type { User } from './users.ts';

export type OldInput = {
  members: readonly ObjectMeta[];
  users: readonly User[];
  /** How many of the last used are kept, whether anybody refers to them or not. At least 1. */
  keep: number;
  /** The one in use now. What was used later belongs to another rotation that is under way. */
  current: string;
};

/** What may be deleted: old, and nobody refers to it. One that has failed is kept for nobody. */
export function chooseOld({ members, users, keep, current }: OldInput): ObjectMeta[] {
  const ordered = newestFirst(members);
  const later = ordered.slice(0, ordered.findIndex(({ name }) => name === current) + 1);
  const kept = new Set([...later, ...ordered.filter((one) => !hasFailed(one)).slice(0, keep)]);
  const used = new Set(users.flatMap(({ names }) => [...names]));
  return ordered.filter(
    (one) => !kept.has(one) && !used.has(one.name) && one.deletionTimestamp === undefined,
  );
}

export type PreviousInput = {
  members: readonly ObjectMeta[];
  users: readonly User[];
  /** Names in use now. */
  current: readonly string[];
  /** The object without a hash, if there is one: what the first rotation began with. */
  base: string | undefined;
  workloadUid: string;
};

/**
 * What the workload referred to before: by the history of its rollouts, otherwise the last used of
 * those made for it. What has failed is passed over.
 */
export function choosePrevious(input: PreviousInput): string | undefined {
  const { members, users, current, base, workloadUid } = input;
  const usable = members.filter((one) => !hasFailed(one) && one.deletionTimestamp === undefined);
  const known = new Set([...usable.map(({ name }) => name), ...(base === undefined ? [] : [base])]);
  const history = users
    .filter(({ by, ownerUid }) => by === 'revision' && ownerUid === workloadUid)
    .toSorted((one, other) => other.revision - one.revision)
    .flatMap(({ names }) => [...names]);
  const own = usable.filter(({ ownerReferences }) =>
    ownerReferences?.some(({ uid }) => uid === workloadUid),
  );
  const candidates = [...history, ...newestFirst(own).map(({ name }) => name)];
  return candidates.find((name) => known.has(name) && !current.includes(name));
}
