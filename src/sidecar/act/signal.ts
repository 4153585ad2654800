import { constants } from 'node:os';
import { hasSignal } from '../../system/proc/status.ts';
import { errorCode, reasonOf } from '../../system/errors.ts';
import type { Failure } from '../outcome.ts';
import { describeProcess } from '../target/containers.ts';
import { endsProcess, guardSignal, refused } from '../target/guard.ts';
import { CannotLook, type Process, type ProcessTable } from '../target/processes.ts';
import type { Self } from '../target/self.ts';
import type { Action } from './action.ts';

export type Kill = (pid: number, signal: number) => void;

export type SignalInput = {
  signal: { name: string; number: number };
  requireHandler: boolean;
  table: ProcessTable;
  self: Self;
  kill: Kill;
};

/** Sends a signal to each target, once nothing stands against any of them. */
export function createSignalAction(input: SignalInput): Action {
  const { signal } = input;
  const checkAll = (targets: readonly Process[]): Failure | undefined => {
    for (const target of targets) {
      const failure = checkNow(input, target);
      if (failure) return failure;
    }
    return undefined;
  };
  return {
    kind: 'signal',
    needsTarget: true,
    signal: signal.number,
    endsTarget: endsProcess(signal.number),
    check: ({ targets }) => checkAll(targets),
    perform: ({ targets }) => {
      for (const target of targets) {
        // Looked at again right before: the process may have changed since it was chosen, and the
        // kernel offers no way through Node to hold on to it (pidfd).
        const failure = sendNow(input, target);
        if (failure) return Promise.resolve(failure);
      }
      return Promise.resolve(undefined);
    },
  };
}

function checkNow(input: SignalInput, target: Process): Failure | undefined {
  // The look that has found it is a moment ago, unless it was kept from an earlier one.
  const now = look(input, target, 'of-this-look');
  return 'failure' in now ? now.failure : undefined;
}

function sendNow(input: SignalInput, target: Process): Failure | undefined {
  const now = look(input, target, 'now');
  if ('failure' in now) return now.failure;
  // One is as good as many, and of the real-time ones each would be taken in its turn.
  const { pending } = now.process.status.signals;
  return hasSignal(pending, input.signal.number) ? undefined : send(input, target);
}

type Looked = { process: Process } | { failure: Failure };

type When = Parameters<ProcessTable['read']>[2];

function look(input: SignalInput, target: Process, when: When): Looked {
  try {
    const process = readSame(input, target, when);
    if (process === undefined) return { failure: ended(target) };
    const failure = findEnding(process, input.signal.number) ?? guard(input, process);
    return failure ? { failure } : { process };
  } catch (error) {
    if (error instanceof CannotLook) return { failure: error.failure };
    throw error;
  }
}

/** It was asked to end, and will as soon as it goes on. */
function findEnding(target: Process, sent: number): Failure | undefined {
  const { pending } = target.status.signals;
  const isEnding = ENDING.some((signal) => signal !== sent && hasSignal(pending, signal));
  if (!isEnding) return undefined;
  return {
    outcome: 'no-target',
    reason: `${describeProcess(target)} is ending: it was sent a signal to end, and has yet to take it`,
    remedy: 'none needed: what is started in its place reads the new content',
  };
}

const ENDING = [constants.signals.SIGTERM, constants.signals.SIGKILL];

function readSame({ table }: SignalInput, target: Process, when: When): Process | undefined {
  const now = table.read(target.pid, target, when);
  return now?.startedMs === target.startedMs ? now : undefined;
}

function guard(
  { table, self, requireHandler, signal }: SignalInput,
  target: Process,
): Failure | undefined {
  return guardSignal({
    target,
    signal: signal.number,
    signalName: signal.name,
    requireHandler,
    self,
    processes: table.list,
  });
}

function send({ kill, signal, self, table }: SignalInput, target: Process): Failure | undefined {
  try {
    kill(target.pid, signal.number);
    return undefined;
  } catch (error) {
    // It may have changed its uid in between.
    if (errorCode(error) === 'EPERM') return refused(table.read(target.pid) ?? target, self);
    if (errorCode(error) === 'ESRCH') return ended(target);
    return { outcome: 'rejected', reason: `kill failed: ${reasonOf(error)}` };
  }
}

function ended(target: Process): Failure {
  return {
    outcome: 'no-target',
    reason: `${describeProcess(target)} ended before it was signalled`,
  };
}
