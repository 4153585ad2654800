import { hashKeys } from '../../system/content-hash.ts';

/** What one mount held at one moment: key path → SHA-256 of the content, in hexadecimal. */
export type Snapshot = {
  keys: ReadonlyMap<string, string>;
  /** SHA-256 over all key paths and their hashes, in order of the key paths. */
  hash: string;
  /** Wall clock of the swap (or of the newest file), in milliseconds: the ctime on disk. */
  swappedAtMs: number;
  /**
   * Key path → what is known of it beside its hash: of a key that does not count, what is told without
   * opening it; of one that is renewed by itself, all of it. Differs wherever these explain a swap.
   */
  others: ReadonlyMap<string, string>;
  /** No swap is the commit point: each file was written by itself. */
  inPlace: boolean;
  /** Of a volume in the kubelet's layout: which swap it was read of, as `readSwap` tells. */
  swap: string | undefined;
};

type Beside = Partial<Pick<Snapshot, 'others' | 'inPlace' | 'swap'>>;

/** Snapshots by mount path. */
export type Snapshots = ReadonlyMap<string, Snapshot>;

export function createSnapshot(
  keys: ReadonlyMap<string, string>,
  swappedAtMs: number,
  { others = new Map(), inPlace = false, swap }: Beside = {},
): Snapshot {
  return { keys, hash: hashKeys(keys), swappedAtMs, others, inPlace, swap };
}

/** Over all that is known of it, whether it counts or not. */
export function hashWhole({ hash, others }: Snapshot): string {
  return others.size === 0 ? hash : `${hash} ${hashKeys(others)}`;
}

/** No mount is something else than a mount without keys. */
const NOTHING = hashKeys(new Map([['', '']]));

/** One hash for several mounts, in order of their paths; of a single one it is its own. */
export function hashSnapshots(snapshots: Snapshots): string {
  const [first] = snapshots.values();
  if (first === undefined) return NOTHING;
  if (snapshots.size === 1) return first.hash;
  return hashKeys(new Map([...snapshots].map(([path, { hash }]) => [path, hash])));
}
