import type { ToolIo } from '../../system/tool.ts';

export type Form = 'text' | 'json';

/** What output looks like: on a terminal of so many columns, or in a file. */
export type Screen = { form: Form; isTerminal: boolean; width: number; colors: boolean };

/** Where nobody tells how wide it is. */
const DEFAULT_WIDTH = 120;

/** Text on a terminal, JSON elsewhere, unless somebody says which. */
export function describeScreen({ env, stdout, colors }: ToolIo, output: Form | undefined): Screen {
  const isTerminal = stdout.isTTY === true;
  const { COLUMNS } = env;
  return {
    form: output ?? (isTerminal ? 'text' : 'json'),
    isTerminal,
    width: (isTerminal && stdout.columns) || Number(COLUMNS) || DEFAULT_WIDTH,
    colors,
  };
}

/** A table of more lines would not fit on every terminal. */
export const MOST_LINES = 20;

/** Draws over what it drew before; for a terminal. What is longer begins on an empty one. */
export function createRedraw(stdout: ToolIo['stdout']): (text: string) => void {
  let lines = 0;
  return (text) => {
    const back = lines === 0 ? '' : lines > MOST_LINES ? '\x1b[H\x1b[2J' : `\x1b[${lines}A\r`;
    stdout.write(`${back}${text.replaceAll('\n', '\x1b[K\n')}\x1b[J`);
    lines = text.split('\n').length - 1;
  };
}
