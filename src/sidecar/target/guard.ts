import { constants } from 'node:os';
import type { Failure } from '../outcome.ts';
import { hasKillInVain, hasSignal, maySignal } from '../../system/proc/status.ts';
import { describeProcess } from './containers.ts';
import type { Process } from './processes.ts';
import { isAncestor, type Self } from './self.ts';

/**
 * Whether the signal would be taken and not kill: there is a handler (SigCgt), or every thread
 * blocks it and so gets it otherwise (signalfd). A thread in sigwait(3) cannot be told from one that
 * would die: such an app takes REHUP_REQUIRE_HANDLER=false. The Go runtime and the JVM catch all
 * signals whether the program cares or not: this is necessary, not sufficient.
 */
export function takesSignal({ status, awaited }: Process, signal: number): boolean {
  if (hasSignal(status.signals.caught, signal)) return true;
  return hasSignal(awaited, signal) && !hasSignal(awaited, FAULT);
}

/**
 * Who waits for signals has no reason to block this one. Shells and the C library block all for the
 * moment in which they start a program (vfork, posix_spawn): what comes then kills right after it.
 */
const FAULT = constants.signals.SIGSEGV;

/** Signals whose purpose is to end a process: no handler is asked for. */
const ENDING: ReadonlySet<number> = new Set([
  constants.signals.SIGTERM,
  constants.signals.SIGINT,
  constants.signals.SIGQUIT,
  constants.signals.SIGKILL,
]);

/** signal(7): ignored by a process that does not ask for them. */
const HARMLESS: ReadonlySet<number> = new Set([
  constants.signals.SIGCHLD,
  constants.signals.SIGURG,
  constants.signals.SIGWINCH,
  constants.signals.SIGCONT,
]);

export function endsProcess(signal: number): boolean {
  return ENDING.has(signal);
}

export type GuardInput = {
  target: Process;
  signal: number;
  signalName: string;
  requireHandler: boolean;
  self: Self;
  /** All processes; read only to word a refusal. */
  processes: () => readonly Process[];
};

/** Why this process must not or cannot be signalled; `undefined` when nothing stands against it. */
export function guardSignal(input: GuardInput): Failure | undefined {
  return guardHandler(input) ?? guardPermission(input.target, input.self);
}

/** Why the signal would not be taken. */
export function guardHandler(input: Omit<GuardInput, 'self'>): Failure | undefined {
  const { target, signal, requireHandler } = input;
  const matters = requireHandler && !endsProcess(signal) && !takesSignal(target, signal);
  return matters ? noHandler(input) : undefined;
}

/** Why the kernel would refuse, by uids and capabilities. */
export function guardPermission(target: Process, self: Self): Failure | undefined {
  return maySignal(self.process.status, target.status) ? undefined : notPermitted(target, self);
}

function noHandler({
  target,
  signal,
  signalName,
  processes: list,
}: Omit<GuardInput, 'self'>): Failure {
  const processes = list();
  const ignored = hasSignal(target.status.signals.ignored, signal);
  const unnoticed = ignored || HARMLESS.has(signal);
  const effect = unnoticed ? 'it ignores the signal' : 'the signal would kill it';
  const child = processes.find(
    (process) => isAncestor(target, process, processes) && takesSignal(process, signal),
  );
  return {
    outcome: 'no-handler',
    check: 'no-handler',
    reason: `${describeProcess(target)} has no handler for ${signalName}: ${effect}`,
    remedy: child
      ? `its child ${child.comm} has one: start it with exec, or set REHUP_TARGET=name:${child.comm}`
      : 'set REHUP_SIGNAL to the signal that reloads this app, REHUP_URL to reload it by HTTP, or REHUP_RESTART=container if it cannot reload',
    ...(child && { set: { REHUP_TARGET: `name:${child.comm}` } }),
  };
}

/** What the kernel answered with EPERM. */
export function refused(target: Process, self: Self): Failure {
  const byUid = guardPermission(target, self);
  if (byUid) return byUid;
  return {
    outcome: 'not-permitted',
    check: 'signal-refused',
    reason: `the kernel refuses rehup to signal ${describeProcess(target)} (EPERM), though the uids allow it: a security module (AppArmor, SELinux) forbids it`,
    remedy:
      'give both containers the same appArmorProfile and the same seLinuxOptions in their securityContext, or reload by HTTP: REHUP_URL',
  };
}

function notPermitted(target: Process, self: Self): Failure {
  const ours = self.process.status.uid.effective;
  const { real, saved } = target.status.uid;
  const inVain = hasKillInVain(self.process.status);
  const why = inVain
    ? 'the capability KILL that was added has no effect, since rehup does not run as root'
    : 'it takes the same uid to signal it';
  return {
    outcome: 'not-permitted',
    check: inVain ? 'kill-without-effect' : 'other-uid',
    reason: `rehup runs as uid ${ours} and ${describeProcess(target)} as uid ${real}: ${why}`,
    remedy:
      saved === 0 && real === 0
        ? 'add to the rehup container: securityContext: {runAsUser: 0, runAsNonRoot: false, capabilities: {drop: [ALL]}}, or run the app as non-root with the uid of rehup'
        : `add to the rehup container: securityContext: {runAsUser: ${real}}`,
  };
}
