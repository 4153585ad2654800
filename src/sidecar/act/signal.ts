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
        const failure = checkNow(input, target) ?? send(input, target);
        if (failure) return Promise.resolve(failure);
      }
      return Promise.resolve(undefined);
    },
  };
}

function checkNow(input: SignalInput, target: Process): Failure | undefined {
  try {
    return look(input, target);
  } catch (error) {
    if (error instanceof CannotLook) return error.failure;
    throw error;
  }
}

function look(input: SignalInput, target: Process): Failure | undefined {
  const { table, self, requireHandler, signal } = input;
  const now = table.read(target.pid, target);
  if (now === undefined || now.startedMs !== target.startedMs) return ended(target);
  return guardSignal({
    target: now,
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
