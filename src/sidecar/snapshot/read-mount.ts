import type { Clock } from '../../system/clock.ts';
import type { Counts } from '../../config/globs.ts';
import { errorCode, reasonOf } from '../../system/errors.ts';
import { isLostBind } from '../mount/lost-bind.ts';
import { readShape } from '../mount/layout.ts';
import { isWatchedKey, type Mount } from '../mount/mount.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import { TooMuch } from '../mount/walk.ts';
import { createPace } from './pace.ts';
import {
  absent,
  type MountProblem,
  replaced,
  tooMuch,
  tornDown,
  unreadable,
  unreadableKey,
  unsteady,
} from './problem.ts';
import { readSnapshot } from './read.ts';
import { UnreadableKey } from './read-below.ts';
import type { Snapshot } from './snapshot.ts';

export type MountReading = { snapshot: Snapshot } | { problem: MountProblem };

export type MountReadOptions = {
  signal?: AbortSignal | undefined;
  /** Keys that do not count are not opened; all count, if not given. */
  counts?: Counts | undefined;
  /** Compare every byte, also of what is renewed by itself. */
  asIs?: boolean;
};

const ATTEMPTS = 25;
const PAUSE_MS = 4;

/** Reads a mount, starting over where it is swapped under the reader. */
export async function readMount(
  mount: Mount,
  clock: Clock,
  options: MountReadOptions = {},
): Promise<MountReading> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await clock.sleep(PAUSE_MS, options.signal);
    // A kubelet that ended in the middle of an update leaves the volume so.
    const reading = await tryRead(mount, options, attempt < ATTEMPTS);
    if (reading !== 'again') return reading;
  }
  return { problem: unsteady(mount, ATTEMPTS) };
}

async function tryRead(
  mount: Mount,
  { signal, counts = () => true, asIs = false }: MountReadOptions,
  patient: boolean,
): Promise<MountReading | 'again'> {
  const { path, only, hidesOwnAnnotation = false } = mount;
  const layout = readShape(path, mount.volume?.kind === 'configmap');
  if (isLostBind(mount, layout)) return { problem: replaced(mount) };
  if (layout.kind === 'absent') return { problem: absent(mount) };
  if (layout.kind === 'unreadable') return { problem: unreadable(mount, layout.reason) };
  if (layout.kind === 'torn-down') return { problem: tornDown(mount) };
  try {
    const snapshot = await readSnapshot(path, layout, {
      counts: (key) => isWatchedKey(only, key) && counts(path, key),
      hidesOwnAnnotation,
      asIs,
      pace: createPace(signal),
      patient,
    });
    return { snapshot };
  } catch (error) {
    signal?.throwIfAborted();
    if (isGone(error)) return 'again';
    if (error instanceof TooMuch) return { problem: tooMuch(mount, error) };
    if (error instanceof UnreadableKey) return { problem: unreadableKey(mount, layout, error) };
    return { problem: unreadable(mount, reasonOf(error)) };
  }
}

function isGone(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return error instanceof SwappedWhileReading || ['ENOENT', 'ESTALE', 'ENOTDIR'].includes(code);
}
