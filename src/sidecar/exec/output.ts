import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** A line that a program wrote. `rehup` stands for what rehup says about the output itself. */
export type OutputLine = { stream: 'stdout' | 'stderr' | 'rehup'; text: string };

export type OnOutput = (line: OutputLine) => void;

const MAX_LINES = 100;
const MAX_LENGTH = 1000;

/** Would steer a terminal, and take six characters each in JSON. */
const CONTROL = /(?!\t)\p{Cc}/gu;

/** Takes what a program writes, piece by piece, and passes on a bounded part of it, line by line. */
export type OutputReader = {
  write: (stream: 'stdout' | 'stderr', piece: Buffer) => void;
  /** Passes on unfinished lines, and says how much was left out. */
  end: () => void;
};

export function createOutputReader(onOutput: OnOutput): OutputReader {
  let passedOn = 0;
  let leftOut = 0;
  const pass = (stream: 'stdout' | 'stderr', raw: string): void => {
    // What is left out is not looked at: a line full of escape characters takes a while.
    if (passedOn === MAX_LINES) {
      if (raw.trim() !== '') leftOut += 1;
      return;
    }
    const text = stripVTControlCharacters(raw).trimEnd().replaceAll(CONTROL, '\uFFFD');
    if (text === '') return;
    passedOn += 1;
    onOutput({ stream, text: shorten(text) });
  };
  const splitters = {
    stdout: createLineSplitter((line) => pass('stdout', line)),
    stderr: createLineSplitter((line) => pass('stderr', line)),
  };
  return {
    write: (stream, piece) => splitters[stream].write(piece),
    end: () => {
      splitters.stdout.end();
      splitters.stderr.end();
      if (leftOut === 0) return;
      onOutput({
        stream: 'rehup',
        text: `${leftOut} more line${leftOut === 1 ? '' : 's'} left out`,
      });
    },
  };
}

function shorten(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  // Half of a surrogate pair would be no character.
  return `${text.slice(0, MAX_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** What is kept of an unfinished line: more than is shown, since control sequences go. */
const KEPT_LENGTH = 4 * MAX_LENGTH;

/** Memory stays bounded even if a line never ends. */
function createLineSplitter(onLine: (line: string) => void): {
  write: (piece: Buffer) => void;
  end: () => void;
} {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const append = (text: string): void => {
    line += text.slice(0, KEPT_LENGTH - line.length);
  };
  const take = (text: string): void => {
    const [first = '', ...others] = text.split('\n');
    append(first);
    for (const next of others) {
      onLine(line);
      line = '';
      append(next);
    }
  };
  return {
    write: (piece) => take(decoder.write(piece)),
    end: () => {
      take(decoder.end());
      onLine(line);
      line = '';
    },
  };
}
