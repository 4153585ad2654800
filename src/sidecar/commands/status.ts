import { readConfig } from '../follow-config.ts';
import type { RawInput } from '../../config/load.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import type { StatusDocument } from '../report/status/document.ts';
import { renderStatus } from '../report/status/text.ts';
import { ask } from './ask.ts';
import { showAnswer } from './show-answer.ts';

export type StatusOutput = 'text' | 'json';

type Io = {
  stdout: { isTTY?: boolean; columns?: number | undefined; write: (text: string) => unknown };
  colors: boolean;
  /** Default: text on a terminal, JSON elsewhere. */
  output: StatusOutput | undefined;
  /** Of who wants to compare hashes of Secrets; answered through the socket alone. */
  compare: string | undefined;
};

/** Answering takes a few milliseconds. */
const TIMEOUT_MS = 5000;

/** Where nobody tells how wide it is: what every terminal has. */
const DEFAULT_WIDTH = 80;

/** Asks the rehup of this pod how it is doing, and prints that. */
export async function runStatus(
  input: Omit<RawInput, 'file'>,
  { stdout, colors, output, compare }: Io,
): Promise<ExitCode> {
  const { settings } = await readConfig(input);
  const path = compare === undefined ? '/status' : `/status?compare=${encodeURIComponent(compare)}`;
  const question = { method: 'GET', path, wanted: 'its status' } as const;
  const body = await ask(settings, { ...question, timeoutMs: TIMEOUT_MS });
  const terminal = stdout.isTTY === true;
  if ((output ?? (terminal ? 'text' : 'json')) === 'json') {
    stdout.write(body);
    return exitCodes.stopped;
  }
  const { COLUMNS } = input.env;
  const width = (terminal && stdout.columns) || Number(COLUMNS) || DEFAULT_WIDTH;
  const print = (status: unknown): string =>
    renderStatus(status as StatusDocument, { width, colors });
  stdout.write(showAnswer(body, print));
  return exitCodes.stopped;
}
