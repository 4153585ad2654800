import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTempDir } from './temp-dir.ts';

/** The files of one process; those left out take plain values, those that are `null` are missing. */
type ProcFiles = {
  comm?: string;
  state?: string;
  ppid?: number;
  /** Start time in clock ticks. */
  ticks?: number;
  cmdline?: string | null;
  cgroup?: string | null;
  mountinfo?: string | null;
  status?: string | null;
  /** Blocked signals of each thread, in hexadecimal; one thread that blocks nothing by default. */
  blocked?: readonly string[];
};

/** A directory that looks like `/proc`, for the files that rehup reads. */
export type ProcTree = AsyncDisposable & {
  root: string;
  write: (pid: number, files?: ProcFiles) => void;
  remove: (pid: number) => void;
};

export async function createProcTree(): Promise<ProcTree> {
  const dir = await createTempDir('proc-');
  for (const name of ['self', 'sys', '12x']) mkdirSync(join(dir.path, name));
  writeFileSync(join(dir.path, 'uptime'), '1.00 1.00\n');
  return {
    root: dir.path,
    write: (pid, files = {}) => writeProcess(join(dir.path, String(pid)), pid, files),
    remove: (pid) => rmSync(join(dir.path, String(pid)), { recursive: true }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

function writeProcess(path: string, pid: number, files: ProcFiles): void {
  const { comm = 'app', state = 'S', ppid = 0, ticks = 1000, blocked = ['0'] } = files;
  const contents = {
    stat: `${pid} (${comm}) ${state} ${ppid}${' 0'.repeat(17)} ${ticks} 0 0\n`,
    status: statusOf(blocked[0] ?? '0'),
    cmdline: `${comm}\0`,
    cgroup: '0::/\n',
    mountinfo: '',
    ...files,
  };
  mkdirSync(path, { recursive: true });
  for (const name of ['stat', 'status', 'cmdline', 'cgroup', 'mountinfo'] as const) {
    const text = contents[name];
    if (text !== null) writeFileSync(join(path, name), text);
  }
  for (const [index, mask] of blocked.entries()) {
    const task = join(path, 'task', String(pid + index));
    mkdirSync(task, { recursive: true });
    writeFileSync(join(task, 'status'), statusOf(mask));
  }
}

function statusOf(blocked: string): string {
  const mask = blocked.padStart(16, '0');
  return `Name:\tapp\nUid:\t7\t7\t7\t7\nGid:\t7\t7\t7\t7\nSigBlk:\t${mask}\nSigCgt:\t0000000000000001\n`;
}
