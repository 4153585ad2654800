// Reads a published directory as fast as it can, until its input ends, and says what it sees:
//
//   tight-reader.ts ROOT KEY...     those of the keys that are whole at each moment
//
//   seen <ms> <name of the generation> <key>=<label>...   another generation than before
//   torn <ms> <path> <what>                               a file that is none that anybody wrote
//   mixed <ms> <what>                                     two contents behind one handle of `..data`
//   missing <ms> <key>                                    a key that is always there, by its own path
//   many <ms> <generations>
//
// Times are in milliseconds since boot.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const [root = '', ...wholeKeys] = process.argv.slice(2);
const BURST_MS = 6;
const PAUSE_MS = 2;
const MOST_GENERATIONS = 3;

const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
const say = (...words: (string | number)[]): void => console.log(words.join(' '));

/** What a file says it is; `undefined` where there is none. */
function readLabel(path: string, shown: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') say('torn', nowMs(), shown, code ?? String(error));
    return undefined;
  }
  const lines = text.split('\n');
  const [first = ''] = lines;
  const [label = '', count = ''] = first.split(' ');
  const isWhole =
    lines.pop() === '' && lines.length === Number(count) && lines.every((line) => line === first);
  if (isWhole) return label;
  const others = [...new Set(lines)].slice(0, 3).join(' | ');
  say('torn', nowMs(), shown, `${lines.length} lines: ${others}`);
  return undefined;
}

let last = '';

/** All keys behind one handle. What is removed meanwhile is not there to be judged. */
function readTogether(): void {
  const handle = openSync(`${root}/..data`, 'r');
  try {
    const directory = `/proc/self/fd/${handle}`;
    const name = (): string => readlinkSync(directory).split('/').at(-1) ?? '';
    const generation = name();
    const keys = readdirSync(directory).toSorted();
    const labels = keys.map((key) => readLabel(`${directory}/${key}`, `${generation}/${key}`));
    if (readlinkSync(`${root}/..data`) !== generation) return;
    const text = keys.map((key, index) => `${key}=${labels[index] ?? '?'}`).join(' ');
    const isMixed = keys.length === 0 || new Set(labels).size > 1 || labels.includes(undefined);
    if (isMixed) say('mixed', nowMs(), generation, text);
    if (`${generation} ${text}` !== last) say('seen', nowMs(), generation, text);
    last = `${generation} ${text}`;
  } finally {
    closeSync(handle);
  }
}

function look(): void {
  try {
    readTogether();
  } catch {
    // Nothing is shown, or it went between two of these steps.
  }
  for (const key of wholeKeys) {
    if (readLabel(`${root}/${key}`, key) === undefined) say('missing', nowMs(), key);
  }
  const generations = readdirSync(root).filter((name) => /^\.\.\d/.test(name));
  if (generations.length > MOST_GENERATIONS) say('many', nowMs(), ...generations);
}

const end = new AbortController();
process.stdin.on('end', () => end.abort()).resume();
say('ready');
while (!end.signal.aborted) {
  const untilMs = nowMs() + BURST_MS;
  while (nowMs() < untilMs) look();
  await delay(PAUSE_MS);
}
