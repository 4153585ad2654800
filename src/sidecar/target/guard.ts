import { constants } from 'node:os';
import type { Failure } from '../outcome.ts';
import { hasKillInVain, hasSignal, maySignal } from '../../system/proc/status.ts';
import { advise, findCandidates } from './candidates.ts';
import { describeProcess } from './containers.ts';
import { findSupervisor } from './program.ts';
import type { Process } from './process.ts';
import type { Self } from './self.ts';
import { takesSignal } from './takes-signal.ts';

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

/** Why the signal would not be taken, or not as an app takes it. */
export function guardHandler(input: Omit<GuardInput, 'self'>): Failure | undefined {
  const { target, signal, requireHandler } = input;
  if (!requireHandler || endsProcess(signal)) return undefined;
  if (findSupervisor(target) !== undefined) return isSupervisor(input);
  return takesSignal(target, signal) ? undefined : noHandler(input);
}

/** Why the kernel would refuse, by uids and capabilities. */
export function guardPermission(target: Process, self: Self): Failure | undefined {
  // Where users are not known, the kernel is to say.
  return maySignal(self.process.status, target.status) === false
    ? notPermitted(target, self)
    : undefined;
}

function noHandler(input: Omit<GuardInput, 'self'>): Failure {
  const { target, signal, signalName } = input;
  const { caught, ignored } = target.status.signals;
  const isKnown = caught !== undefined;
  const has = isKnown ? 'has no handler for' : 'does not show whether it has a handler for';
  const unnoticed = hasSignal(ignored, signal) || HARMLESS.has(signal);
  // What a thread waits for in sigwait(3) shows nowhere, unless the others block it.
  const effect = unnoticed ? 'it ignores the signal' : 'the signal may kill it';
  const anyway = unnoticed
    ? ''
    : `, or REHUP_REQUIRE_HANDLER=false if ${target.comm} is known to take it (sigwait)`;
  const advice = advise(findCandidates(target, input.processes(), signal));
  return {
    outcome: 'no-handler',
    check: 'no-handler',
    reason: `${describeProcess(target)} ${has} ${signalName}: ${effect}`,
    remedy:
      advice?.remedy ??
      `set REHUP_SIGNAL to the signal that reloads this app, REHUP_URL to reload it by HTTP, or REHUP_RESTART=container if it cannot reload${anyway}`,
    ...(advice?.set && { set: advice.set }),
  };
}

/** It takes the signal for itself: the app would not hear of it. */
function isSupervisor(input: Omit<GuardInput, 'self'>): Failure {
  const { target, signal, signalName } = input;
  const { onHangup } = findSupervisor(target) ?? {};
  const effect =
    signal === constants.signals.SIGHUP && onHangup !== undefined
      ? `at ${signalName} it ${onHangup}`
      : `${signalName} is not for the programs that it runs`;
  const advice = advise(findCandidates(target, input.processes(), signal));
  return {
    outcome: 'no-handler',
    check: 'target-is-supervisor',
    reason: `${describeProcess(target)} is a supervisor: ${effect}`,
    remedy:
      advice?.remedy ??
      'set REHUP_TARGET=name:<program> to the program that reads the volume, REHUP_EXEC to the command that tells it, or REHUP_RESTART=container',
    ...(advice?.set && { set: advice.set }),
  };
}

/** What the kernel answered with EPERM. */
export function refused(target: Process, self: Self): Failure {
  const byUid = guardPermission(target, self);
  if (byUid) return byUid;
  if (maySignal(self.process.status, target.status) === undefined) return unknownUsers(target);
  return {
    outcome: 'not-permitted',
    check: 'signal-refused',
    reason: `the kernel does not let rehup signal ${describeProcess(target)} (EPERM), though the uids allow it: a security module (AppArmor, SELinux) forbids it`,
    remedy:
      'give both containers the same appArmorProfile and the same seLinuxOptions in their securityContext, or reload by HTTP: REHUP_URL',
  };
}

/** An emulated kernel (gVisor) shows no users. */
function unknownUsers(target: Process): Failure {
  return {
    outcome: 'not-permitted',
    check: 'other-uid',
    reason: `the kernel does not let rehup signal ${describeProcess(target)} (EPERM): it takes the same uid to signal it, and which uid that is does not show`,
    remedy: 'give both containers the same securityContext.runAsUser, or reload by HTTP: REHUP_URL',
  };
}

function notPermitted(target: Process, self: Self): Failure {
  const ours = self.process.status.uid?.effective;
  const { real, saved } = target.status.uid ?? {};
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
