import type { Counts } from '../../config/globs.ts';
import type { Clock } from '../../system/clock.ts';
import { errorCode } from '../../system/errors.ts';
import type { Mount } from '../mount/mount.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import { readSwap } from '../mount/walk.ts';
import { readMount } from '../snapshot/read-mount.ts';
import { hashKeys } from '../../system/content-hash.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import { createOwners, type Owners } from '../../system/volume/owners.ts';
import { copySources } from './copy.ts';
import type { Publisher } from './publisher.ts';

export type StageInput = {
  /** In the order in which they are merged. */
  mounts: readonly Mount[];
  /** What they are to hold. */
  snapshots: Snapshots;
  counts: Counts;
  laterWins: boolean;
  /** A program is given the copies. */
  isWritten: boolean;
  /** A key that is not for the app. */
  without?: string;
};

const ATTEMPTS = 5;
const PAUSE_MS = 4;

/**
 * Copies the sources into a generation that nobody sees yet, and holds it against what was asked for:
 * what is validated, shown and told of later is this, whatever becomes of the sources meanwhile.
 *
 * @returns The name of the generation.
 * @throws SwappedWhileReading where the sources hold something else by now.
 */
export async function stageSources(
  publisher: Publisher,
  input: StageInput,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await stageOnce(publisher, input, clock, signal);
    } catch (error) {
      if (attempt === ATTEMPTS || !isSwap(error)) throw error;
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}

function isSwap(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return error instanceof SwappedWhileReading || ['ENOENT', 'ESTALE', 'ENOTDIR'].includes(code);
}

async function stageOnce(
  publisher: Publisher,
  input: StageInput,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const owners = createOwners();
  const wasSame = isSameSwap(input);
  const name = await publisher.stage(copySources(input.mounts, { ...input, owners }));
  try {
    if (wasSame && isSameSwap(input)) return name;
    const hash = await hashStaged(publisher.place(name), { ...input, owners }, clock, signal);
    if (hash !== hashWanted(input.snapshots, owners)) throw new SwappedWhileReading(name);
    return name;
  } catch (error) {
    publisher.discard(name);
    throw error;
  }
}

/** What rehup has written itself never changes: links to the files of the swap that was read hold what was read. */
function isSameSwap({ mounts, snapshots }: StageInput): boolean {
  return mounts.every(({ path, isDelivered = false }) => {
    const swap = isDelivered ? readSwap(Buffer.from(path)) : undefined;
    return swap !== undefined && swap === snapshots.get(path)?.swap;
  });
}

/** Over the keys that count where they are from: read and compared as the sources were. */
async function hashStaged(
  path: string,
  { mounts, counts, owners }: StageInput & { owners: Owners },
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hidesOwnAnnotation = mounts.some((mount) => mount.hidesOwnAnnotation === true);
  const reading = await readMount({ path, hidesOwnAnnotation }, clock, {
    signal,
    counts: (_, key) => counts(owners.ownerOf(key) ?? '', key),
  });
  return 'snapshot' in reading ? reading.snapshot.hash : undefined;
}

function hashWanted(snapshots: Snapshots, owners: Owners): string {
  const keys = new Map<string, string>();
  for (const [mount, { keys: held }] of snapshots) {
    for (const [key, hash] of held) {
      // One that was not copied, from here or elsewhere, is missing.
      if ((owners.ownerOf(key) ?? mount) === mount) keys.set(key, hash);
    }
  }
  return hashKeys(keys);
}
