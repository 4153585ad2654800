import { readdirSync, readFileSync } from 'node:fs';
import type { Fault } from '../../system/fault.ts';

/** Why inotify is not to be had, and what to do about it. */
export type InotifyProblem = { check: Fault; reason: string; remedy: string };

/** What inotify(7) counts, per uid on the node and per user namespace. */
export type InotifyLimit = 'instances' | 'watches';

/** @param code The errno name that inotify_init1 or inotify_add_watch failed with. */
export function explainInotify(code: string, message: string): InotifyProblem {
  switch (code) {
    case 'EMFILE':
      return hasNoDescriptors() ? noDescriptors() : exhausted('instances', code);
    case 'ENOSPC':
      return exhausted('watches', code);
    default:
      return {
        check: 'inotify-failed',
        reason: `inotify failed: ${message}`,
        remedy: 'none needed: the poll goes on',
      };
  }
}

/** All processes of one uid on the node share these limits, whatever container they are in. */
function exhausted(limit: InotifyLimit, code: string): InotifyProblem {
  const limits = listLimits(limit);
  const figures = limits.map(({ sysctl, value }) => `; ${sysctl} is ${value}`).join('');
  const names = limits.map(({ sysctl }) => sysctl).join(' and ');
  return {
    check: `inotify-${limit}-exhausted`,
    reason: `the inotify ${limit} of uid ${process.getuid?.()} on the node are exhausted (${code})${figures}`,
    remedy: `raise the sysctl ${names} on the node`,
  };
}

/** The sysctls that bind: the one of the node, and the one of the user namespace where it is less. */
export function listLimits(limit: InotifyLimit): { sysctl: string; value: number }[] {
  const node = readNumber(`/proc/sys/fs/inotify/max_user_${limit}`) ?? 0;
  const namespace = readNumber(`/proc/sys/user/max_inotify_${limit}`) ?? node;
  return [
    { sysctl: `fs.inotify.max_user_${limit}`, value: node },
    ...(namespace < node ? [{ sysctl: `user.max_inotify_${limit}`, value: namespace }] : []),
  ];
}

/** The same errno tells of a limit of this process. */
function hasNoDescriptors(): boolean {
  const soft = readSoftLimit();
  return soft !== undefined && countDescriptors() >= soft - SPARE_DESCRIPTORS;
}

/** What is listed includes the one of the listing itself. */
const SPARE_DESCRIPTORS = 1;

function noDescriptors(): InotifyProblem {
  return {
    check: 'inotify-failed',
    reason: 'rehup has no file descriptor left (EMFILE)',
    remedy: 'raise the limit of open files (RLIMIT_NOFILE) of the container runtime',
  };
}

function countDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // Not even the directory could be opened.
    return Number.POSITIVE_INFINITY;
  }
}

function readSoftLimit(): number | undefined {
  try {
    const text = readFileSync('/proc/self/limits', 'utf8');
    const soft = Number(/^Max open files\s+(\d+)/m.exec(text)?.[1]);
    return Number.isInteger(soft) ? soft : undefined;
  } catch {
    return undefined;
  }
}

function readNumber(path: string): number | undefined {
  try {
    const value = Number(readFileSync(path, 'utf8').trim());
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
