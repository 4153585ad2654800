import type { Clock } from '../system/clock.ts';
import { ConfigError, FatalError, reasonOf } from '../system/errors.ts';
import { readRegular } from '../system/regular-file.ts';
import { readOwnMounts } from '../system/proc/own-mounts.ts';
import { describeMount } from './mount/discover.ts';
import { createSettler } from './settle.ts';
import { createWatcher } from './watch/watcher.ts';
import { type Config, findConfigFile, loadConfig, type RawInput } from '../config/load.ts';

/** Reads the configuration: flags, environment, and the file they name. */
export async function readConfig(input: Omit<RawInput, 'file'>): Promise<Config> {
  return loadConfig(await readRaw(input));
}

/** The same, as it was written. */
export async function readRaw(input: Omit<RawInput, 'file'>): Promise<RawInput> {
  const path = findConfigFile(input);
  if (path === undefined) return input;
  const { parseConfigFile } = await import('../config/file.ts');
  return { ...input, file: parseConfigFile(readConfigText(path), path) };
}

/** Each option has a line or two. */
const MAX_BYTES = 4 * 1024 * 1024;

function readConfigText(path: string): string {
  try {
    return readRegular(path, MAX_BYTES);
  } catch (error) {
    const reason = `cannot be read: ${reasonOf(error)}`;
    throw new ConfigError([{ option: 'REHUP_CONFIG', value: path, reason }]);
  }
}

export type ConfigFollower<Loaded> = {
  /** Resolves with what the next version of the file comes to, once there is one that can be used. */
  next: (signal: AbortSignal) => Promise<Loaded>;
};

export type FollowInput<Loaded> = {
  /** Path of the configuration file. */
  path: string;
  /** What it held before it was read for the first time, by `fingerprint`. */
  seen: string;
  /** Reads it; throws a FatalError where it cannot be used. */
  load: () => Promise<Loaded>;
  /** A new version cannot be used: the old one stays. */
  onKept: (error: FatalError) => void;
  clock: Clock;
};

/** The file may be a key of a mounted ConfigMap: it is watched like any other. */
export function followConfig<Loaded>({
  path,
  seen,
  load,
  onKept,
  clock,
}: FollowInput<Loaded>): ConfigFollower<Loaded> & Disposable {
  const settler = createSettler(clock, { quietMs: 200, maxMs: 2000, splayMs: 0 });
  const watcher = createWatcher({
    mount: describeMount(path, readOwnMounts()),
    mode: 'auto',
    pollMs: 5000,
    onHint: settler.hint,
    onNotice: () => {},
  });
  let last = seen;
  // What was written between the first reading and the watch gave no event.
  settler.hint({ source: 'start', complete: true });
  return {
    next: async (signal) => {
      for (;;) {
        await settler.next(signal);
        const now = fingerprint(path);
        if (now === last) continue;
        last = now;
        try {
          return await load();
        } catch (error) {
          if (!(error instanceof FatalError)) throw error;
          onKept(error);
        }
      }
    },
    [Symbol.dispose]: () => watcher[Symbol.dispose](),
  };
}

/** What the file holds now; taken before it is read, lest a later version be taken for the one that was. */
export function fingerprint(path: string): string {
  try {
    return readRegular(path, MAX_BYTES);
  } catch (error) {
    return `unreadable ${reasonOf(error)}`;
  }
}
