import { toCount } from './count.ts';

/** What `/proc/<pid>/stat` (proc_pid_stat(5)) tells of a process. */
export type ProcStat = {
  pid: number;
  /** The name the kernel keeps: at most 15 bytes. */
  comm: string;
  /** One letter; `Z` is a zombie. */
  state: string;
  /** 0 where the parent is outside the PID namespace: container entry processes and exec sessions. */
  ppid: number;
  /** Start time, in milliseconds since boot. */
  startedMs: number;
  /** Those that live; of a process that has ended, and waits to be reaped, none but the first. */
  threads: number;
  /** It has a controlling terminal. */
  hasTerminal: boolean;
};

/** `sysconf(_SC_CLK_TCK)`; the kernel's USER_HZ is 100 on every platform Node runs on. */
const TICK_MS = 10;

/** The name stands in parentheses and may itself hold spaces and parentheses: the last one ends it. */
export function parseStat(text: string): ProcStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  const pid = toCount(text.slice(0, open).trim());
  const rest = text
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const [state = '', parent] = rest;
  const ppid = toCount(parent);
  const startedMs = (toCount(rest[19]) ?? Number.NaN) * TICK_MS;
  if (!pid || ppid === undefined || !/^[A-Za-z]$/.test(state)) return undefined;
  if (!Number.isSafeInteger(startedMs)) return undefined;
  const comm = text.slice(open + 1, close);
  const threads = toCount(rest[17]) ?? 1;
  // Unknown where the field is not a number, as with the terminal of an emulated kernel.
  const hasTerminal = (toCount(rest[4]) ?? 0) > 0;
  return { pid, comm, state, ppid, startedMs, threads, hasTerminal };
}
