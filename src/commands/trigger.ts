import { readConfig } from '../config/follow.ts';
import type { RawInput } from '../config/load.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { isSettled } from '../outcome.ts';
import { showText } from '../report/status/words.ts';
import type { TriggerResult } from '../trigger.ts';
import { ask } from './ask.ts';

type Output = { stdout: { write: (text: string) => unknown } };

/** Asks the rehup of this pod for a reload, prints what came of it, one line per rule. */
export async function runTrigger(
  input: Omit<RawInput, 'file'>,
  { stdout }: Output,
): Promise<ExitCode> {
  const { settings } = await readConfig(input);
  const body = await ask(settings, { method: 'POST', path: '/trigger', wanted: 'a reload' });
  const result = JSON.parse(body) as TriggerResult;
  for (const { rule, outcome, reason, remedy } of result) {
    const why = reason === undefined ? '' : `: ${showText(reason)}`;
    const help = remedy === undefined ? '' : `\n  remedy: ${showText(remedy)}`;
    stdout.write(`${rule}: ${outcome}${why}${help}\n`);
  }
  return result.every(({ outcome }) => isSettled(outcome))
    ? exitCodes.stopped
    : exitCodes.reloadFailed;
}
