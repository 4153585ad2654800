import { constants } from 'node:os';
import type { NamedSignal } from '../../../config/parse.ts';
import type { Clock } from '../../../system/clock.ts';
import { errorCode, reasonOf } from '../../../system/errors.ts';
import type { Failure } from '../../outcome.ts';
import { refused } from '../../target/guard.ts';
import { isAlive, type Process, type ProcessTable } from '../../target/processes.ts';
import type { Self } from '../../target/self.ts';
import type { Kill } from '../signal.ts';

const LOOK_EVERY_MS = 50;

export type EndInput = {
  /** What asks the process to end. */
  stopSignal: NamedSignal;
  /** From the stop signal to SIGKILL. */
  graceMs: number;
  table: ProcessTable;
  self: Self;
  kill: Kill;
  clock: Clock;
};

/** Asks a process to end, and kills it where it does not: it, and not whoever has got its pid since. */
export async function endProcess(
  input: EndInput,
  process: Process,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const failure = send(input, process, input.stopSignal.number);
  if (failure) return failure;
  if (await hasEnded(input, process, signal)) return undefined;
  return send(input, process, constants.signals.SIGKILL);
}

function send(
  { kill, self, table }: EndInput,
  process: Process,
  signal: number,
): Failure | undefined {
  if (!isAlive(table, process)) return undefined;
  try {
    kill(process.pid, signal);
    return undefined;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return undefined;
    if (errorCode(error) === 'EPERM') return refused(process, self);
    return { outcome: 'rejected', reason: `kill failed: ${reasonOf(error)}` };
  }
}

async function hasEnded(
  { clock, table, graceMs }: EndInput,
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
