import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { type Bundle, buildBundle, imageEnv } from './bundle.ts';
import { startLineProcess, type LineProcess } from './line-process.ts';
import { waitFor } from './wait-for.ts';

/** What a process holds on to. Each list is sorted. */
export interface Held {
  /** Kinds of open files: `socket`, `anon_inode:[eventpoll]`, paths. */
  readonly descriptors: readonly string[];
  /** One name for each inotify watch. */
  readonly watches: readonly string[];
  /** What keeps its event loop going, by Node's names: `Timeout`, `FSEventWrap`, … */
  readonly resources: readonly string[];
  /** Of JavaScript objects and buffers, garbage aside. */
  readonly bytes: number;
}

/** What a process has loaded. */
export interface Loaded {
  /** Files of the bundle. */
  readonly files: readonly string[];
  /** Modules of Node, without those that any program has. */
  readonly builtins: readonly string[];
}

/** The bundle, started as the image starts it. */
export interface BundledDaemon extends AsyncDisposable {
  readonly process: LineProcess;
  /** File of the bundle → what it is made of. */
  readonly modules: Bundle['modules'];
  readonly held: () => Promise<Held>;
  readonly loaded: () => Promise<Loaded>;
  /** In KiB: what the machine holds for this process alone, and could not read again from a file. */
  readonly anonymousKiB: () => number;
  /** Where it listens on loopback. */
  readonly port: () => Promise<number>;
  /** Asks it to stop; resolves with its exit code. */
  readonly stop: () => Promise<number | null>;
}

/**
 * Loaded before the bundle: on SIGUSR2 it writes down what keeps the event loop going, and what is left
 * after a full collection. Needs `--expose-gc`, which the image sets.
 */
const PROBE = `
const { renameSync, writeFileSync } = process.getBuiltinModule('node:fs');
const before = new Set(process.moduleLoadList);
process.on('SIGUSR2', () => {
  const resources = process.getActiveResourcesInfo().sort();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  const files = Object.keys(require.cache);
  const builtins = process.moduleLoadList.filter((name) => !before.has(name));
  const answer = { resources, bytes: heapUsed + external, files, builtins };
  writeFileSync(__filename + '.part', JSON.stringify(answer));
  renameSync(__filename + '.part', __filename + '.json');
});
`;

type ProbeAnswer = Pick<Held, 'resources' | 'bytes'> & Loaded;

export interface DaemonOptions {
  /** Takes the bundle and all else that it needs. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Starts a command, in a container of a pod for instance. Default: here. */
  readonly start?: (command: readonly string[]) => Promise<LineProcess>;
}

export async function startDaemon({
  dir,
  env,
  start = startLineProcess,
}: DaemonOptions): Promise<BundledDaemon> {
  const probe = join(dir, 'probe.cjs');
  writeFileSync(probe, PROBE);
  const { command, modules } = await buildBundle(join(dir, 'dist'));
  const [node = '', ...rest] = command;
  const variables = Object.entries({ ...imageEnv(), ...env }).map((pair) => pair.join('='));
  const child = await start(['env', ...variables, node, '--require', probe, ...rest]);
  const { pid } = child;
  let hasEnded = false;
  void child.exited.then(() => (hasEnded = true));

  const ask = async (): Promise<ProbeAnswer> => {
    const answer = `${probe}.json`;
    rmSync(answer, { force: true });
    child.kill('SIGUSR2');
    await waitFor('the answer of the probe', () => existsSync(answer));
    return JSON.parse(readFileSync(answer, 'utf8')) as ProbeAnswer;
  };

  return {
    process: child,
    modules,
    held: async () => {
      const { resources, bytes } = await ask();
      const descriptors = openFiles(pid).map(kindOf).toSorted();
      return { descriptors, watches: watchesOf(pid), resources, bytes };
    },
    loaded: async () => {
      const { files, builtins } = await ask();
      return { files: files.map((file) => basename(file)), builtins };
    },
    anonymousKiB: () => {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1]);
    },
    port: async () => {
      const port = await waitFor('rehup to listen', () => hasEnded || findPort(pid));
      if (port === true) throw new Error(`rehup has ended: ${child.stderr.join('\n')}`);
      return port;
    },
    stop: async () => {
      if (!hasEnded) child.kill('SIGTERM');
      return (await child.exited).code;
    },
    [Symbol.asyncDispose]: async () => await child[Symbol.asyncDispose](),
  };
}

function openFiles(pid: number): string[] {
  const dir = `/proc/${pid}/fd`;
  return readdirSync(dir).flatMap((name) => {
    try {
      return [readlinkSync(join(dir, name))];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

/** Sockets and pipes have a number of their own each. */
function kindOf(link: string): string {
  return link.replace(/:\[\d+\]$/, '');
}

function watchesOf(pid: number): string[] {
  const dir = `/proc/${pid}/fdinfo`;
  const lines = readdirSync(dir).flatMap((name) => {
    try {
      return readFileSync(join(dir, name), 'utf8').split('\n');
    } catch {
      return [];
    }
  });
  return lines.filter((line) => line.startsWith('inotify ')).map(() => 'watch');
}

/** The log tells it on the level `debug` only. */
function findPort(pid: number): number | undefined {
  const inodes = new Set(
    openFiles(pid).flatMap((link) => /^socket:\[(\d+)\]/.exec(link)?.[1] ?? []),
  );
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n')) {
    const [, address = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === LISTENING && inodes.has(inode))
      return Number.parseInt(address.split(':')[1] ?? '', 16);
  }
  return undefined;
}

const LISTENING = '0A';
