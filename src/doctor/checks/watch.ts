import { readdirSync, readFileSync } from 'node:fs';
import { mergeMounts, type Mount } from '../../sidecar/mount/mount.ts';
import { readLayout } from '../../sidecar/mount/layout.ts';
import { watchRoots } from '../../sidecar/watch/chokidar.ts';
import { type InotifyLimit, type InotifyProblem, listLimits } from '../../sidecar/watch/limits.ts';
import { findRoots } from '../../sidecar/watch/roots.ts';
import { type Check, once } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, pass, warn } from '../finding.ts';
import type { Remedy } from '../remedy.ts';
import { set } from '../settings.ts';
import { formatMs } from '../words.ts';

/** Updates are noticed by inotify, or it is known why not. */
export const watchCheck: Check = once('watch', async (context) => {
  const mounts = mergeMounts(context.rules.flatMap((rule) => rule.mounts));
  return await Promise.all(mounts.map((mount) => checkMount(mount, context)));
});

/** The rehup that runs knows; a second watch could fail for want of the last instance, which it has. */
async function checkMount(mount: Mount, context: Context): Promise<Bare> {
  const { daemon, settings } = context;
  const running = daemon?.mounts[mount.path];
  const every = formatMs(settings?.poll ?? 0);
  if (running?.mode === 'inotify') return pass(`${mount.path} is watched by inotify`);
  const asked = running ? running.fallback === undefined : settings?.watchMode === 'poll';
  if (asked) return pass(`${mount.path} is polled every ${every}, as REHUP_WATCH_MODE asks`);
  const problem = running ? byDaemon(running.fallback) : await tryInotify(mount);
  if (problem === undefined) return pass(`${mount.path} can be watched by inotify`);
  const { check, reason, remedy } = problem;
  const limit = exhaustedBy(check);
  const use = limit === undefined ? '' : `; ${describeUse(limit, context)}`;
  return warn(check, {
    seen: `${reason}${use}; ${mount.path} is polled every ${every}`,
    remedy,
    remedies: remediesFor(limit, context),
  });
}

type Fallback = NonNullable<Context['daemon']>['mounts'][string]['fallback'];

function byDaemon(fallback: Fallback): InotifyProblem | undefined {
  return fallback && { ...fallback, remedy: REMEDY };
}

const REMEDY = 'none needed: the poll finds updates; lower REHUP_POLL for speed';

/** What the sidecar would meet at its start; let go of at once. */
async function tryInotify(mount: Mount): Promise<InotifyProblem | undefined> {
  const { kind } = readLayout(mount.path, mount.volume?.kind === 'configmap');
  let problem: InotifyProblem | undefined;
  const watch = watchRoots(findRoots(mount.path, kind).roots, {
    onEvent: () => {},
    onProblem: (found) => (problem = found),
  });
  await watch.ready;
  watch.close();
  return problem;
}

function exhaustedBy(check: InotifyProblem['check']): InotifyLimit | undefined {
  if (check === 'inotify-instances-exhausted') return 'instances';
  return check === 'inotify-watches-exhausted' ? 'watches' : undefined;
}

function remediesFor(limit: InotifyLimit | undefined, context: Context): Remedy[] {
  const poll = set(
    context,
    '',
    { REHUP_WATCH_MODE: 'poll', REHUP_POLL: '1s' },
    'says that polling is meant, and makes it faster',
  );
  if (limit === undefined) return [poll];
  const changes = listLimits(limit).map(({ sysctl, value }) => ({
    where: 'sysctl of the node',
    path: sysctl,
    value: Math.max(RAISED[limit], value * 2),
  }));
  return [{ changes }, poll];
}

const RAISED = { instances: 1024, watches: 65_536 } as const;

/** What is used by the processes that rehup may look into: those of its uid and gid in this pod. */
function describeUse(limit: InotifyLimit, { processes, self }: Context): string {
  const uid = self.process.status.uid?.effective;
  const counts = processes
    .filter(({ status }) => status.uid?.effective === uid)
    .flatMap(({ pid }) => countOf(pid, limit) ?? []);
  const sum = counts.reduce((total, count) => total + count, 0);
  return `${sum} of them are in use by ${counts.length === 1 ? 'the one process' : `the ${counts.length} processes`} of uid ${uid} that rehup sees in this pod, the rest elsewhere on the node`;
}

function countOf(pid: number, limit: InotifyLimit): number | undefined {
  try {
    const watches = readdirSync(`/proc/${pid}/fdinfo`).map((handle) => countIn(pid, handle));
    const instances = watches.flatMap((count) => count ?? []);
    return limit === 'instances'
      ? instances.length
      : instances.reduce((total, count) => total + count, 0);
  } catch {
    return undefined;
  }
}

/** The watches of one descriptor; `undefined` where it is no inotify instance (proc_pid_fdinfo(5)). */
function countIn(pid: number, handle: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/fdinfo/${handle}`, 'utf8');
    const watches = text.match(/^inotify wd:/gm)?.length ?? 0;
    return watches > 0 ? watches : undefined;
  } catch {
    // Closed meanwhile.
    return undefined;
  }
}
