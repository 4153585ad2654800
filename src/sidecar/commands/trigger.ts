import { readConfig } from '../follow-config.ts';
import type { RawInput } from '../../config/load.ts';
import { systemClock } from '../../system/clock.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { isSettled } from '../outcome.ts';
import type { StatusDocument } from '../report/status/document.ts';
import type { TriggerResult } from '../trigger.ts';
import { describeWait, type WaitsFor } from '../report/wait.ts';
import { ask, type Whereabouts } from './ask.ts';
import { showAnswer } from './show-answer.ts';

type Stream = { write: (text: string) => unknown };
type Output = { stdout: Stream; stderr: Stream };

/** Asks the rehup of this pod for a reload, prints what came of it, one line per rule. */
export async function runTrigger(
  input: Omit<RawInput, 'file'>,
  { stdout, stderr }: Output,
): Promise<ExitCode> {
  const { settings } = await readConfig(input);
  const answered = new AbortController();
  const answer = ask(settings, { method: 'POST', path: '/trigger', wanted: 'a reload' });
  const saying = sayWaits(settings, stderr, answered.signal);
  const body = await answer.finally(() => answered.abort());
  await saying;
  stdout.write(showAnswer(body, describeAll));
  const result = JSON.parse(body) as TriggerResult;
  return result.every(({ outcome }) => isSettled(outcome))
    ? exitCodes.stopped
    : exitCodes.reloadFailed;
}

/** A reload with its proof takes a second: what takes longer has a reason. */
const LOOK_EVERY_MS = 2000;

/** Says what the reload waits for, each reason once. Whatever fails here, the answer itself tells. */
async function sayWaits(where: Whereabouts, stderr: Stream, answered: AbortSignal): Promise<void> {
  const startMs = systemClock.elapsed();
  let said: string | undefined;
  const question = { method: 'GET', path: '/status', wanted: 'its status' } as const;
  try {
    for (;;) {
      await systemClock.sleep(LOOK_EVERY_MS, answered);
      const status = await ask(where, { ...question, timeoutMs: LOOK_EVERY_MS });
      const { waitsFor } = JSON.parse(status) as StatusDocument;
      if (waitsFor === undefined || answered.aborted) continue;
      const askedAgoMs = systemClock.elapsed() - startMs;
      const kind = kindOf(waitsFor, askedAgoMs);
      if (kind !== said) stderr.write(`rehup: ${describeWait(waitsFor, askedAgoMs)}\n`);
      said = kind;
    }
  } catch {
    // Answered meanwhile, or not to be asked.
  }
}

function kindOf(waits: WaitsFor, askedAgoMs: number): string {
  if (waits.turn === 'held') return waits.by;
  return waits.sinceMs > askedAgoMs ? 'earlier' : 'own';
}

function describeAll(result: unknown): string {
  return (result as TriggerResult).map(describe).join('');
}

function describe({ rule, outcome, reason, remedy }: TriggerResult[number]): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  const help = remedy === undefined ? '' : `\n  remedy: ${remedy}`;
  return `${rule}: ${outcome}${why}${help}\n`;
}
