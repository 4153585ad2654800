import { readConfig } from '../follow-config.ts';
import type { RawInput } from '../../config/load.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { isSettled } from '../outcome.ts';
import type { TriggerResult } from '../trigger.ts';
import { ask } from './ask.ts';
import { showAnswer } from './show-answer.ts';

type Output = { stdout: { write: (text: string) => unknown } };

/** Asks the rehup of this pod for a reload, prints what came of it, one line per rule. */
export async function runTrigger(
  input: Omit<RawInput, 'file'>,
  { stdout }: Output,
): Promise<ExitCode> {
  const { settings } = await readConfig(input);
  const body = await ask(settings, { method: 'POST', path: '/trigger', wanted: 'a reload' });
  stdout.write(showAnswer(body, describeAll));
  const result = JSON.parse(body) as TriggerResult;
  return result.every(({ outcome }) => isSettled(outcome))
    ? exitCodes.stopped
    : exitCodes.reloadFailed;
}

function describeAll(result: unknown): string {
  return (result as TriggerResult).map(describe).join('');
}

function describe({ rule, outcome, reason, remedy }: TriggerResult[number]): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  const help = remedy === undefined ? '' : `\n  remedy: ${remedy}`;
  return `${rule}: ${outcome}${why}${help}\n`;
}
