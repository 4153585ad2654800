import type { Failure } from '../../outcome.ts';
import { describeProcess } from '../../target/containers.ts';
import { guardPermission } from '../../target/guard.ts';
import { CannotLook, isAlive, type Process } from '../../target/processes.ts';
import { entryProcessOfRun } from '../../target/run-of.ts';
import type { Action } from '../action.ts';
import { type EndInput, endProcess } from './end-process.ts';
import { awaitSuccessor, type SuccessorInput } from './successor.ts';

export type RestartInput = EndInput & SuccessorInput;

/**
 * Ends the main process of the target's container, so that the kubelet starts the container anew: a
 * restarted container reads the current content, also by subPath and into its environment. The
 * sandbox stays, and with it the pod's address and volumes.
 */
export function createRestartAction(input: RestartInput): Action {
  return {
    kind: 'restart',
    needsTarget: true,
    endsTarget: true,
    actsOnSubPath: true,
    check: ({ targets }) => {
      for (const target of targets) {
        const choice = choose(input, target);
        if ('failure' in choice) return choice.failure;
      }
      return undefined;
    },
    perform: async ({ targets }, signal) => {
      for (const target of targets) {
        const failure = await restart(input, target, signal);
        if (failure) return failure;
      }
      return undefined;
    },
  };
}

type Choice = { entry: Process } | { failure: Failure };

/**
 * The entry process of the run that the target belongs to, and of no other: where that has ended by
 * itself, what the kubelet started after it has read the new content, and is left alone.
 */
function choose({ table, self }: RestartInput, target: Process): Choice {
  if (target.container.name === undefined) return { failure: nameless(target) };
  try {
    const entry = isAlive(table, target) ? entryProcessOfRun(target, table.list()) : undefined;
    if (entry === undefined) return { failure: ended(target) };
    const failure = guardPermission(entry, self);
    return failure ? { failure } : { entry };
  } catch (error) {
    if (error instanceof CannotLook) return { failure: error.failure };
    throw error;
  }
}

/** Where the table cannot be looked at in between, the next attempt looks where this one has got to. */
async function restart(
  input: RestartInput,
  target: Process,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const choice = choose(input, target);
  if ('failure' in choice) return choice.failure;
  const { entry } = choice;
  try {
    const afterMs = input.clock.uptime();
    const failure = await endProcess(input, entry, signal);
    return failure ?? (await awaitSuccessor(input, { entry, afterMs }, signal));
  } catch (error) {
    if (error instanceof CannotLook) return error.failure;
    throw error;
  }
}

function nameless(target: Process): Failure {
  return {
    outcome: 'no-target',
    check: 'target-not-told',
    reason: `the container of ${describeProcess(target)} is not known by name, so its next process could not be recognised`,
    remedy: 'run in a pod, and leave terminationMessagePath of that container at its default',
  };
}

function ended(target: Process): Failure {
  return {
    outcome: 'no-target',
    reason: `${describeProcess(target)} ended before it was asked to`,
  };
}
