import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { DestinationStream } from 'pino';
import pretty from 'pino-pretty';
import { escapeJson } from '../../system/escape.ts';
import { describeLine, type Fields } from './pretty-line.ts';

type PrettyOptions = {
  colors: boolean;
  /** All fields of each line, instead of a sentence. */
  details: boolean;
};

/** Phrases and outcomes of lines that are left out: on a terminal, what is seen is told by what comes of it. */
const HIDDEN = ['update seen', 'superseded'];

/** Lines for people: what pino-pretty makes of JSON, without what would steer their terminal. */
export function createPrettyStream(
  destination: DestinationStream,
  { colors, details }: PrettyOptions,
): DestinationStream {
  const sink = new Writable({
    decodeStrings: false,
    write: (text: Buffer | string, _, done) => {
      // Values are quoted, so that the escapes are those of JSON; the colors are our own.
      destination.write(escapeJson(text.toString()));
      done();
    },
  });
  const common = { sync: true, destination: sink };
  if (details) return pretty({ ...common, colorize: colors });
  const stream = pretty({
    ...common,
    colorize: false,
    hideObject: true,
    // The sentence has both.
    timestampKey: '-',
    levelKey: '-',
    messageFormat: (line) => describe(line, colors),
  });
  return {
    write: (line) => {
      const { msg, outcome } = JSON.parse(line) as Fields;
      if (!HIDDEN.some((name) => name === msg || name === outcome)) stream.write(line);
    },
  };
}

const COLOURS = { info: 'green', warn: 'yellow', error: 'red' } as const;

function describe(line: Fields, colors: boolean): string {
  const paint = (format: 'dim' | 'green' | 'yellow' | 'red', text: string): string =>
    colors ? styleText(format, text, { validateStream: false }) : text;
  const { time, phrase, rest, remedy } = describeLine(line);
  const color = COLOURS[line['level'] as keyof typeof COLOURS] ?? 'dim';
  const help = remedy === undefined ? '' : `\n         remedy: ${remedy}`;
  return `${paint('dim', time)} ${paint(color, phrase)}${rest}${help}`;
}
