import type { MountEntry } from '../../system/proc/mountinfo.ts';
import type { ProcStat } from '../../system/proc/stat.ts';
import type { ProcStatus } from '../../system/proc/status.ts';
import type { Container } from './container.ts';

/**
 * A process of the PID namespace, from the files that any uid may read across containers: `comm`,
 * `cmdline`, `stat`, `status`, `cgroup`, `mountinfo` (kubelet semantics, 4.2). `environ`, `exe` and
 * `root` need ptrace rights and are never used.
 */
export type Process = ProcStat & {
  argv: readonly string[];
  status: ProcStatus;
  /** Signals that its threads wait for, without a handler: sigwait(3), signalfd(2). */
  awaited: () => bigint;
  container: Container;
  /** What its cgroup tells containers apart by, if it does. */
  cgroupId: string | undefined;
  mounts: readonly MountEntry[];
};
