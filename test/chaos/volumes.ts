import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../src/system/errors.ts';
import { createSnapshot, hashSnapshots } from '../../src/sidecar/snapshot/snapshot.ts';
import { CrashError } from '../support/kubelet-volume.ts';
import type { KubeletVolume, StepName } from '../support/kubelet-volume.ts';
import { type Swap, uptimeMs } from './records.ts';

export type Content = Readonly<Record<string, string>>;

export interface WriteOptions {
  readonly heldAt?: StepName;
  readonly crashAfter?: StepName;
  /** Nobody but root may enter the new directory until `release`. */
  readonly unreadable?: boolean;
}

/** One volume, what it is to hold, and the kubelet that writes it. */
export interface ChaosVolume {
  readonly desired: () => Content;
  /** Content of the write before the last one. */
  readonly previous: () => Content;
  readonly write: (content: Content, options?: WriteOptions) => Promise<void>;
  /** Lets a write go on that stands still, and lifts what makes content unreadable. */
  readonly release: () => Promise<void>;
  /** One more sync of a kubelet that works. */
  readonly sync: () => Promise<void>;
  readonly tearDown: () => Promise<void>;
  /** The running containers hold on to a directory that is gone. */
  readonly isOutOfSight: () => boolean;
  /** All containers that mount it were started again. */
  readonly backInSight: () => void;
  /** What an app finds under the visible names: `key=value`. */
  readonly view: () => string[];
}

export interface ChaosVolumeOptions {
  readonly mountPath: string;
  readonly first: Content;
  /** rehup watches more than this: its hashes are not those of this volume. */
  readonly isOneOfSeveral: boolean;
  readonly onSwap: (swap: Swap) => void;
  readonly onTearDown: (atMs: number) => void;
}

export function createChaosVolume(
  volume: KubeletVolume,
  { mountPath, first, isOneOfSeveral, onSwap, onTearDown }: ChaosVolumeOptions,
): ChaosVolume {
  let desired = first;
  let previous = first;
  let outOfSight = false;
  let held: { goOn: () => void; writing: Promise<void> } | undefined;
  let closed: string | undefined;
  let seen = '';
  let beforeMs = uptimeMs();

  const note = (): void => {
    const keys = readVisible(volume.root);
    const hash = showHash(mountPath, keys);
    const toMs = uptimeMs();
    const link = errorless(() => readlinkSync(join(volume.root, '..data'))) ?? '';
    if (`${link} ${hash}` !== seen) {
      const content = [...keys].map(([key, value]) => `${key}=${value}`).join(' ');
      onSwap({ fromMs: beforeMs, toMs, hash: isOneOfSeveral ? '' : hash, content });
    }
    seen = `${link} ${hash}`;
    beforeMs = uptimeMs();
  };
  note();

  const open = (): void => {
    if (closed !== undefined) errorless(() => chmodSync(closed ?? '', 0o755));
    closed = undefined;
  };

  const startOver = async (): Promise<void> => {
    outOfSight = true;
    onTearDown(uptimeMs());
    volume.setUpAnew();
    await volume.write(desired);
    note();
  };

  const write = async (
    content: Content,
    { heldAt, crashAfter, unreadable = false }: WriteOptions = {},
  ): Promise<void> => {
    await release();
    if (content !== desired) previous = desired;
    desired = content;
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    beforeMs = uptimeMs();
    const between = async (step: StepName): Promise<void> => {
      if (unreadable && step === 'link-data-tmp') {
        closed = join(volume.root, readlinkSync(join(volume.root, '..data_tmp')));
        chmodSync(closed, 0o700);
      }
      note();
      if (step !== heldAt) return;
      reached.resolve();
      await gate.promise;
      beforeMs = uptimeMs();
    };
    const writeOrGiveUp = async (): Promise<void> => {
      try {
        await volume.write(content, { between, ...(crashAfter && { crashAfter }) });
      } catch (error) {
        if (error instanceof CrashError) note();
        else await startOver();
      }
    };
    const writing = writeOrGiveUp();
    if (heldAt !== undefined) held = { goOn: gate.resolve, writing };
    await Promise.race([writing, reached.promise]);
  };

  const release = async (): Promise<void> => {
    open();
    const standing = held;
    held = undefined;
    standing?.goOn();
    await standing?.writing;
  };

  return {
    desired: () => desired,
    previous: () => previous,
    write,
    release,
    sync: async () => await write(desired),
    tearDown: async () => {
      await release();
      onTearDown(uptimeMs());
      volume.tearDown();
      await startOver();
    },
    isOutOfSight: () => outOfSight,
    backInSight: () => {
      outOfSight = false;
    },
    view: () => [...readVisible(volume.root)].map(([key, value]) => `${key}=${value}`),
  };
}

/** Whatever is under a name that an app may use, in the order of a shell's `*`. */
function readVisible(root: string): Map<string, string> {
  const names = errorless(() => readdirSync(root)) ?? [];
  return new Map(
    names
      .filter((name) => !name.startsWith('..'))
      .toSorted()
      .flatMap((name) => {
        const value = errorless(() => readFileSync(join(root, name), 'utf8'));
        return value === undefined ? [] : [[name, value] as const];
      }),
  );
}

/** As rehup shows the hash of a ConfigMap that is all it watches. */
function showHash(mountPath: string, keys: ReadonlyMap<string, string>): string {
  const hashes = new Map([...keys].map(([key, value]) => [key, sha256(value)]));
  return hashSnapshots(new Map([[mountPath, createSnapshot(hashes, 0)]])).slice(0, 12);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function errorless<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
