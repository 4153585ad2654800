import { ancestorsOf, parentsOf } from './ancestors.ts';
import { describeProcess, findSessions, membersOfRun } from './containers.ts';
import { type Evidence, speaksFor } from './evidence.ts';
import { isCompanion, isIdle, isMachinery } from './program.ts';
import type { Process } from './process.ts';
import { takesSignal } from './takes-signal.ts';

/** A program of a container that would take the signal. */
export type Candidate = { process: Process; evidence: readonly Evidence[] };

/**
 * Who else in the container of a process could be meant. All of the container are looked at, since a
 * program that puts itself into the background is a child of PID 1 and no descendant of who started it.
 */
export function findCandidates(
  target: Process,
  processes: readonly Process[],
  signal: number,
): Candidate[] {
  const members = neighboursOf(target, processes);
  const sessions = findSessions(members);
  const takers = members.filter(
    (member) =>
      member.pid !== target.pid &&
      !sessions.has(member.pid) &&
      !isMachinery(member) &&
      takesSignal(member, signal),
  );
  // Of a master and its workers, the master.
  const parents = parentsOf(members);
  const pids = new Set(takers.map(({ pid }) => pid));
  const masters = takers.filter(
    (taker) => !ancestorsOf(taker, parents).some((pid) => pids.has(pid)),
  );
  const isAlone = masters.length === 1 && runsNothingElse(members, pids, target);
  return masters.map((process) => ({
    process,
    evidence: isAlone ? [ALONE, ...speaksFor(process)] : speaksFor(process),
  }));
}

/** Outside of a pod, what shares a cgroup may be the whole machine: only what the process has started counts. */
function neighboursOf(target: Process, processes: readonly Process[]): readonly Process[] {
  const members = membersOfRun(target, processes);
  if (target.container.name !== undefined) return members;
  const parents = parentsOf(members);
  return members.filter(
    (member) => member.pid === target.pid || ancestorsOf(member, parents).includes(target.pid),
  );
}

const ALONE: Evidence = { words: 'nothing else runs there', isAboutVolume: false };

/** But for shells, and for what a script waits with. */
function runsNothingElse(
  members: readonly Process[],
  takers: ReadonlySet<number>,
  target: Process,
): boolean {
  const parents = parentsOf(members);
  return members.every(
    (member) =>
      member.pid === target.pid ||
      takers.has(member.pid) ||
      isMachinery(member) ||
      isIdle(member) ||
      ancestorsOf(member, parents).some((pid) => takers.has(pid)),
  );
}

export type Advice = { remedy: string; set?: Readonly<Record<string, string>> };

/** What to set to reach one of them. One is only suggested where something speaks for it alone. */
export function advise(candidates: readonly Candidate[]): Advice | undefined {
  if (candidates.length === 0) return undefined;
  const [likely, ...others] = candidates.filter(
    ({ evidence, process }) => evidence.length > 0 && !isCompanion(process),
  );
  const list = candidates.map(describeCandidate).join('; ');
  if (likely === undefined || others.length > 0) {
    const names = candidates.map(({ process }) => `name:${process.comm}`).join(' or ');
    return {
      remedy: `set REHUP_TARGET to the program that reads the volume (${names}), or start it with exec; of this container, these take the signal: ${list}`,
    };
  }
  const name = `name:${likely.process.comm}`;
  return {
    remedy: `set REHUP_TARGET=${name}, or start it with exec; of this container, these take the signal: ${list}`,
    set: { REHUP_TARGET: name },
  };
}

function describeCandidate({ process, evidence }: Candidate): string {
  const why = evidence.map(({ words }) => words).join(' and ');
  return why === '' ? describeProcess(process) : `${describeProcess(process)}, ${why}`;
}
