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
};

/** `sysconf(_SC_CLK_TCK)`; the kernel's USER_HZ is 100 on every platform Node runs on. */
const TICK_MS = 10;

/** The name stands in parentheses and may itself hold spaces and parentheses: the last one ends it. */
export function parseStat(text: string): ProcStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  const pid = Number(text.slice(0, open));
  const rest = text
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const [state, ppid] = rest;
  const ticks = rest[19];
  if (!Number.isInteger(pid) || !state || ppid === undefined || ticks === undefined) {
    return undefined;
  }
  const startedMs = Number(ticks) * TICK_MS;
  if (!Number.isFinite(startedMs) || !Number.isInteger(Number(ppid))) return undefined;
  return { pid, comm: text.slice(open + 1, close), state, ppid: Number(ppid), startedMs };
}
