import type { Mount, Volume } from '../../mount/mount.ts';
import type { RuleKnowledge } from '../../rule/rule.ts';
import { diffKeys, isEmpty } from '../../../system/diff-keys.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { ShowHash } from '../hashes.ts';
import type { Status } from '../status.ts';
import type { Lags } from '../tally.ts';
import type { KubeletLagDocument, MountDocument } from './document.ts';
import type { History } from './history.ts';

type MountSources = {
  tracked: Status;
  history: History;
  showHash: ShowHash;
  lags: () => Lags;
  compareBy?: (hash: string) => string;
};

/** A mount as one rule sees it: the keys that count for that rule. */
export function describeMount(
  { path, volume }: Mount,
  { content, ledger, otherKeys }: RuleKnowledge & Pick<MountDocument, 'otherKeys'>,
  { tracked, history, showHash, lags, compareBy }: MountSources,
): MountDocument {
  const since = history.watchedSince.get(path);
  const snapshot = content?.snapshots.get(path);
  const show = (hash: string): string => showHash(hash, { mount: path });
  const kubeletLag = describeLags(path, lags());
  return {
    path,
    ...(volume && { volume: describeVolume(volume) }),
    ...tracked.mounts[path],
    ...(since !== undefined && { since }),
    ...(snapshot && describeContent(snapshot, ledger.applied.get(path), show)),
    ...(kubeletLag.length > 0 && { kubeletLag }),
    ...(snapshot && compareBy && { compared: compareBy(snapshot.hash) }),
    keys: describeKeys(snapshot, show),
    ...(otherKeys && { otherKeys }),
  };
}

function describeVolume({ kind, name, subPath }: Volume): NonNullable<MountDocument['volume']> {
  return { kind, ...(name !== undefined && { name }), subPath };
}

function describeLags(path: string, lags: Lags): KubeletLagDocument[] {
  return [...lags.values()]
    .filter(({ labels: { mount }, value, pending }) => mount === path && (pending || value > 0))
    .map(({ labels: { object }, value, pending }) => ({
      object,
      seconds: Math.round(value * 10) / 10,
      pending,
    }));
}

function describeContent(
  { hash, keys, swappedAtMs }: Snapshot,
  applied: Snapshot | undefined,
  show: (hash: string) => string,
): Partial<MountDocument> {
  const waiting = diffKeys(applied?.keys ?? new Map(), keys);
  return {
    // A directory without a single file has no time of its own.
    ...(swappedAtMs > 0 && { swapped: new Date(swappedAtMs).toISOString() }),
    hash: show(hash),
    ...(!isEmpty(waiting) && { waiting }),
  };
}

function describeKeys(
  snapshot: Snapshot | undefined,
  show: (hash: string) => string,
): MountDocument['keys'] {
  const keys = [...(snapshot?.keys ?? [])];
  return Object.fromEntries(keys.map(([key, hash]) => [key, show(hash)]));
}
