import type { Failure } from '../outcome.ts';
import { ancestorsOf, parentsOf } from './ancestors.ts';
import {
  byStart,
  describeProcess,
  entryProcessOf,
  findSessions,
  listContainers,
  listProcesses,
  membersOfRun,
  withoutDescendants,
} from './containers.ts';
import { describeNearMiss, findNearMisses } from './near-miss.ts';
import { isReloader, isWrapper, isWriter } from './program.ts';
import type { Process } from './process.ts';
import type { Among, Resolution } from './resolution.ts';
import { isOfOwnPod } from './self.ts';
import { takesSignal } from './takes-signal.ts';

type Match = (processes: readonly Process[]) => readonly Process[];

/**
 * Which of the processes that match is meant. It leaves out who looks around by `kubectl exec`, workers
 * of a master that matches, wrappers whose arguments match, and writers beside an app; what is left must
 * be one, or the setting says what to do with several.
 *
 * @param name What was asked for, where that is a name: others may be like it.
 */
export function narrow(among: Among, match: Match, wanted: string, name?: string): Resolution {
  const { others, self, select, signal } = among;
  const matching = match(others);
  // Who looks around in a container by `kubectl exec` must not come between rehup and the app.
  const sessions = self.inPod ? findSessions(others) : new Set<number>();
  const lasting = matching.filter(({ pid }) => !sessions.has(pid));
  const found = writersLast(firstTakers(lasting, others, signal));
  if (found.length === 0) {
    const [session] = matching;
    const failure =
      session === undefined
        ? nothingMatches(among, match, wanted, name)
        : onlySessions(session, wanted, others);
    return { failure };
  }
  if (found.length === 1 || select === 'all') return { targets: found };
  if (select === 'oldest') return { targets: byStart(found).slice(0, 1) };
  return { failure: ambiguous(found, wanted, signal) };
}

/** In each line of matches, one above the other, the first that takes the signal, or else the top. */
function firstTakers(
  matching: readonly Process[],
  all: readonly Process[],
  signal: number | undefined,
): Process[] {
  const tops = withoutDescendants(matching, all);
  if (signal === undefined || tops.length === matching.length) return tops;
  const parents = parentsOf(all);
  return tops.flatMap((top) => {
    if (takesSignal(top, signal) && !isWrapper(top)) return [top];
    const below = matching.filter(
      (one) => takesSignal(one, signal) && ancestorsOf(one, parents).includes(top.pid),
    );
    const firsts = withoutDescendants(below, all);
    return firsts.length > 0 ? firsts : [top];
  });
}

function writersLast(found: readonly Process[]): readonly Process[] {
  const apps = found.filter((process) => !isWriter(process) && !isReloader(process));
  return apps.length > 0 ? apps : found;
}

function ambiguous(found: readonly Process[], wanted: string, signal: number | undefined): Failure {
  const handling =
    signal === undefined ? [] : found.filter((process) => takesSignal(process, signal));
  const container = handling.length === 1 ? handling[0]?.container.name : undefined;
  return {
    outcome: 'ambiguous-target',
    check: 'target-ambiguous',
    mayRun: true,
    reason: `${found.length} processes ${wanted}: ${listProcesses(found)}`,
    remedy:
      container === undefined
        ? 'set REHUP_SELECT=oldest or all, or a narrower REHUP_TARGET'
        : `set REHUP_TARGET=container:${container}, or REHUP_SELECT=oldest or all`,
    ...(container !== undefined && { set: { REHUP_TARGET: `container:${container}` } }),
  };
}

function nothingMatches(
  { others, self, processes }: Among,
  match: Match,
  wanted: string,
  name: string | undefined,
): Failure {
  const [stranger] = self.inPod
    ? match(processes.filter((process) => !isOfOwnPod(process, self)))
    : [];
  if (stranger !== undefined) return notOfThisPod(stranger, wanted);
  const misses = name === undefined ? [] : findNearMisses(name, others);
  const [nearest] = misses;
  const seen = self.inPod ? `; seen: ${listContainers(others)}` : '';
  const near = misses.map((miss) => `; ${describeNearMiss(miss)}`).join('');
  return {
    outcome: 'no-target',
    check: 'target-not-found',
    reason: `no process ${wanted} is running${seen}${near}`,
    remedy: 'correct REHUP_TARGET, or remove it to act on the container that mounts the volume',
    ...(nearest && { set: { REHUP_TARGET: `name:${nearest.name}` } }),
  };
}

/** With `hostPID`, all of the node are visible. */
function notOfThisPod(stranger: Process, wanted: string): Failure {
  const whose =
    stranger.container.podUid === undefined ? 'does not show that it is of' : 'is not of';
  return {
    outcome: 'no-target',
    check: 'target-of-other-pod',
    reason: `no process of this pod ${wanted} is running; ${describeProcess(stranger)} ${whose} this pod`,
    remedy:
      'replace hostPID by shareProcessNamespace: true in the pod spec, or correct REHUP_TARGET',
  };
}

/** It ends when whoever opened it goes away, and is not what the container runs. */
function onlySessions(session: Process, wanted: string, others: readonly Process[]): Failure {
  const { name } = session.container;
  const entry = entryProcessOf(membersOfRun(session, others));
  return {
    outcome: 'no-target',
    check: 'target-is-exec-session',
    reason: `the only process ${wanted} is ${describeProcess(session)}, which came by kubectl exec or a probe${entry ? `; the container itself runs ${describeProcess(entry)}` : ''}`,
    remedy: `set REHUP_TARGET=container:${name ?? '<name>'} to act on what that container runs`,
    ...(name !== undefined && { set: { REHUP_TARGET: `container:${name}` } }),
  };
}
