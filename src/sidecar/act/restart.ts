import type { Clock } from '../../system/clock.ts';
import { errorCode, toError } from '../../system/errors.ts';
import type { Failure } from '../outcome.ts';
import { describeProcess, entryProcessOf } from '../target/containers.ts';
import { guardPermission, refused } from '../target/guard.ts';
import { CannotLook, isAlive, type Process, type ProcessTable } from '../target/processes.ts';
import type { Self } from '../target/self.ts';
import type { Action } from './action.ts';
import type { Kill } from './signal.ts';

export type RestartInput = {
  /** From SIGTERM to SIGKILL. */
  graceMs: number;
  /** From the end of the old process to the start of the new one. */
  timeoutMs: number;
  /** Age at which the new process counts as up. */
  surviveMs: number;
  table: ProcessTable;
  self: Self;
  kill: Kill;
  clock: Clock;
};

const LOOK_EVERY_MS = 50;
const SIGTERM = 15;
const SIGKILL = 9;

/**
 * Ends the main process of the target's container, so that the kubelet starts the container anew: a
 * restarted container reads the current content, also by subPath and into its environment. The
 * sandbox stays, and with it the pod's address and volumes.
 */
export function createRestartAction(input: RestartInput): Action {
  const check = (targets: readonly Process[]): Failure | undefined => {
    for (const target of targets) {
      const failure = checkTarget(input, target);
      if (failure) return failure;
    }
    return undefined;
  };
  return {
    kind: 'restart',
    needsTarget: true,
    endsTarget: true,
    actsOnSubPath: true,
    check: ({ targets }) => check(targets),
    perform: async ({ targets }, signal) => {
      for (const target of targets) {
        const failure = checkTarget(input, target) ?? (await tryToRestart(input, target, signal));
        if (failure) return failure;
      }
      return undefined;
    },
  };
}

/** The next attempt looks where this one has got to. */
async function tryToRestart(
  input: RestartInput,
  target: Process,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  try {
    return await restart(input, target, signal);
  } catch (error) {
    if (error instanceof CannotLook) return error.failure;
    throw error;
  }
}

function checkTarget({ table, self }: RestartInput, target: Process): Failure | undefined {
  if (target.container.name === undefined) {
    return {
      outcome: 'no-target',
      check: 'target-not-told',
      reason: `the container of ${describeProcess(target)} is not known by name, so that its next process could not be recognised`,
      remedy: 'run in a pod, and leave terminationMessagePath of that container at its default',
    };
  }
  try {
    const entry = entryOf(table, target.container.name);
    return entry && guardPermission(entry, self);
  } catch (error) {
    if (error instanceof CannotLook) return error.failure;
    throw error;
  }
}

function entryOf(table: ProcessTable, container: string): Process | undefined {
  return entryProcessOf(table.list().filter((process) => process.container.name === container));
}

async function restart(
  input: RestartInput,
  target: Process,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { table } = input;
  const container = target.container.name ?? '';
  const old = entryOf(table, container);
  if (old !== undefined) {
    const failure = send(input, old, SIGTERM);
    if (failure) return failure;
    if (!(await hasEnded(input, old, signal))) {
      const killFailure = send(input, old, SIGKILL);
      if (killFailure) return killFailure;
    }
  }
  return await awaitSuccessor(input, { container, old }, signal);
}

function send({ kill, self }: RestartInput, process: Process, signal: number): Failure | undefined {
  try {
    kill(process.pid, signal);
    return undefined;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return undefined;
    if (errorCode(error) === 'EPERM') return refused(process, self);
    return { outcome: 'rejected', reason: `kill failed: ${toError(error).message}` };
  }
}

async function hasEnded(
  { clock, table, graceMs }: RestartInput,
  process: Process,
  signal: AbortSignal,
): Promise<boolean> {
  const deadlineMs = clock.elapsed() + graceMs;
  while (isAlive(table, process)) {
    if (clock.elapsed() >= deadlineMs) return false;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  return true;
}

/** The kubelet has brought up a new main process, and it has lived for a while. */
async function awaitSuccessor(
  { clock, table, timeoutMs, surviveMs }: RestartInput,
  { container, old }: { container: string; old: Process | undefined },
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const deadlineMs = clock.elapsed() + timeoutMs;
  let came = false;
  for (;;) {
    const entry = entryOf(table, container);
    const isNew = entry !== undefined && entry.startedMs !== old?.startedMs;
    came ||= isNew;
    if (isNew && clock.uptime() - entry.startedMs >= surviveMs) return undefined;
    if (clock.elapsed() >= deadlineMs) return notBack(container, timeoutMs, came);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function notBack(container: string, timeoutMs: number, came: boolean): Failure {
  if (came) {
    return {
      outcome: 'target-died',
      reason: `container ${container} was started anew, but did not stay up within ${timeoutMs} ms`,
      remedy: `look at the log of its last run: kubectl logs <pod> -c ${container} --previous`,
    };
  }
  return {
    outcome: 'timed-out',
    reason: `container ${container} was not started anew within ${timeoutMs} ms`,
    remedy:
      'a restart needs restartPolicy: Always in the pod spec (with Never and OnFailure the pod ends, as in a Job); else raise REHUP_RESTART_TIMEOUT: the kubelet backs off for up to 5 m',
  };
}
