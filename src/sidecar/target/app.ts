import { ancestorsOf, parentsOf } from './ancestors.ts';
import { byStart, entryProcessOf } from './containers.ts';
import { speaksFor } from './evidence.ts';
import { findSupervisor, isCompanion, isMachinery, isWrapper } from './program.ts';
import type { Process } from './process.ts';
import { takesSignal } from './takes-signal.ts';

/**
 * Which process of a container is to be told. It knows the container's processes, and the signal, if
 * one is to be sent. It is the process that the runtime has started, with two exceptions: an init
 * wrapper passes signals on, so that its child is asked for a handler; a supervisor takes the signal for
 * itself, so that what it supervises is looked at. Where that is not exactly one program, the
 * supervisor is the answer, and the guard refuses it and names the candidates.
 */
export function appOf(members: readonly Process[], signal?: number): Process | undefined {
  const entry = entryProcessOf(members);
  if (entry === undefined) return undefined;
  const started = isWrapper(entry) ? firstChildOf(entry, members) : entry;
  if (signal === undefined || findSupervisor(started) === undefined) return started;
  return supervisedBy(started, members, signal) ?? started;
}

function firstChildOf(entry: Process, members: readonly Process[]): Process {
  return byStart(members.filter(({ ppid }) => ppid === entry.pid))[0] ?? entry;
}

/** The one program that the container is for, if it takes the signal. */
function supervisedBy(
  supervisor: Process,
  members: readonly Process[],
  signal: number,
): Process | undefined {
  const programs = programsUnder(supervisor, members).filter((program) => !isCompanion(program));
  const takers = programs.filter((program) => takesSignal(program, signal));
  const [only] = takers;
  if (programs.length === 1) return only;
  const meant = takers.filter((program) =>
    speaksFor(program).some(({ isAboutVolume }) => isAboutVolume),
  );
  return meant.length === 1 ? meant[0] : undefined;
}

/**
 * What a supervisor has started, itself or by its helpers: the topmost process of each program. A
 * program that has put itself into the background is no child of it, but of PID 1.
 */
function programsUnder(supervisor: Process, members: readonly Process[]): Process[] {
  const parents = parentsOf(members);
  const machinery = new Set(members.filter(isMachinery).map(({ pid }) => pid));
  return members.filter((member) => {
    if (machinery.has(member.pid)) return false;
    const above = ancestorsOf(member, parents);
    const isUnder = above.includes(supervisor.pid) ? machinery.has(member.ppid) : member.ppid === 1;
    return isUnder;
  });
}
