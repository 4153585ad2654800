import { showLine } from '../../system/show.ts';
import type { ToolIo } from '../../system/tool.ts';
import type { Clock } from '../../system/clock.ts';
import { InvalidValue } from '../../config/parse.ts';
import { exitCodes, FatalError } from '../../system/errors.ts';
import { ImpossibleStep } from './content.ts';
import type { StepScript } from './options.ts';
import type { Player } from './player.ts';
import { remark, type Report } from './report.ts';
import { readScript } from './script.ts';
import { followSource } from './source.ts';

export type Stage = {
  player: Player;
  /** Path of the volume. */
  directory: string;
  show: (report: Report) => void;
  clock: Clock;
};

/** Plays steps until there are no more, or the signal is aborted. */
export async function playScript(
  script: StepScript,
  { player, show, clock }: Stage,
  { stderr, signal }: ToolIo,
): Promise<void> {
  const { stdin: input } = process;
  const isTyped = script.by === 'stdin' && input.isTTY;
  // Who types can do better next time; a script that is wrong shall fail.
  const onProblem = (error: unknown): void => {
    if (!(error instanceof InvalidValue || error instanceof ImpossibleStep)) throw error;
    if (!isTyped) throw new FatalError(error.message, exitCodes.configuration);
    stderr.write(`${showLine(error.message)}\n`);
  };
  for await (const step of readScript(script, clock, signal, { input, onProblem })) {
    try {
      show(await player.perform(step, signal));
    } catch (error) {
      onProblem(error);
    }
  }
}

/** Publishes the content of a directory whenever it changes, until the signal is aborted. */
export async function playSource(
  source: string,
  changes: AsyncIterable<void>,
  { player, directory, show }: Stage,
): Promise<void> {
  let said = '';
  for await (const reading of followSource(source, changes)) {
    const { files, note } = reading;
    const report =
      files === undefined ? remark('publish', directory) : player.publish(files, 'publish');
    if (report.swapped || (note !== said && note !== '')) show({ ...report, note });
    said = note;
  }
}
