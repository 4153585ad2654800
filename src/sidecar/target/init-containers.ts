import type { Failure } from '../outcome.ts';
import { isSameContainer } from './container.ts';
import { currentRuns, describeProcess, entryProcessOf, membersOfRun } from './containers.ts';
import { listeningPorts } from './evidence.ts';
import type { Process } from './process.ts';
import type { Self } from './self.ts';
import { catchesAll } from './takes-signal.ts';
import { isDebugContainer } from './visitors.ts';

/**
 * As a native sidecar, rehup runs while init containers run, and nothing in /proc tells one of these from
 * the app: that stands in the pod spec. This knows what it has seen since rehup started, and decides
 * what speaks against an init container:
 * - it started before rehup, which then is no sidecar that init containers wait for;
 * - another container was started for the first time while it ran, since nothing starts beside an init
 *   container but what has run before;
 * - it listens on a port, as those that are to end do not.
 * With none of these it may be one, and is left alone. A reload that is due for the app cannot be
 * missed by that: what starts after the update has read it.
 */
export type InitContainers = {
  /** What stands against acting on this one now, because it may be in an init container. */
  obstacleTo: (target: Process, look: Look) => Failure | undefined;
};

export type Look = {
  processes: readonly Process[];
  /** The signal to be sent; `undefined` for a restart. */
  signal: number | undefined;
  uptimeMs: number;
};

/**
 * A program that has a handler for this very signal is hardly in an init container any more after that
 * time. It says nothing of one whose runtime catches all signals, nor of a restart.
 */
const LONG_MS = 30_000;
const LOOK_AGAIN_MS = 5000;

export function createInitContainers(self: Self): InitContainers {
  const firstStarts = new Map<string, number>();
  const apps = new Set<string>();
  return {
    obstacleTo: (target, look) => {
      const { name } = target.container;
      if (!self.inPod || name === undefined) return undefined;
      const starts = startsByName(look.processes);
      for (const [one, startedMs] of starts) {
        if (!firstStarts.has(one)) firstStarts.set(one, startedMs);
        if (startedMs <= startOfOwn(self, look.processes)) apps.add(one);
      }
      if (apps.has(name)) return undefined;
      const members = membersOfRun(target, look.processes);
      const startedMs = starts.get(name) ?? target.startedMs;
      const isOvertaken = [...firstStarts].some(
        ([other, firstMs]) => starts.has(other) && other !== name && firstMs > startedMs,
      );
      if (isOvertaken || members.some(({ pid }) => listens(pid))) {
        apps.add(name);
        return undefined;
      }
      return mayBeInit(target, look, startedMs);
    },
  };
}

/** Container → when its present run began. */
function startsByName(processes: readonly Process[]): Map<string, number> {
  const starts = new Map<string, number>();
  for (const members of currentRuns(processes)) {
    const entry = entryProcessOf(members);
    const name = entry?.container.name;
    if (entry === undefined || name === undefined || isDebugContainer(name)) continue;
    starts.set(name, entry.startedMs);
  }
  return starts;
}

/** Of its container, since a command in it starts later. */
function startOfOwn({ process }: Self, processes: readonly Process[]): number {
  const own = processes.filter(({ container }) => isSameContainer(container, process.container));
  return Math.min(process.startedMs, ...own.map(({ startedMs }) => startedMs));
}

/** On the node's network, the ports are those of the node: but here they are told by the process. */
function listens(pid: number): boolean {
  return listeningPorts(pid).length > 0;
}

function mayBeInit(
  target: Process,
  { signal, uptimeMs }: Look,
  startedMs: number,
): Failure | undefined {
  const isTelling = signal !== undefined && !catchesAll(target);
  const leftMs = startedMs + LONG_MS - uptimeMs;
  if (isTelling && leftMs <= 0) return undefined;
  const { name = '<name>' } = target.container;
  return {
    outcome: isTelling ? 'too-young' : 'no-target',
    check: 'target-in-init-container',
    reason: `${describeProcess(target)} may be in an init container: it started after rehup and does not show a port that it listens on`,
    remedy: `set REHUP_TARGET=container:${name} if that is the app`,
    set: { REHUP_TARGET: `container:${name}` },
    mayRun: true,
    // It may show a port before.
    ...(isTelling && { retryAfterMs: Math.min(leftMs, LOOK_AGAIN_MS) }),
  };
}
