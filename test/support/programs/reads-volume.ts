// Reads keys of a volume as fast as it can, until a line comes in: <program> <root> <key>…
// Each key by its own path, and all keys through one look at `..data`. Says what it found amiss.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

const [root = '', ...keys] = process.argv.slice(2);
const found = { reads: 0, generations: 0, torn: 0, mixed: 0, missing: 0 };
let last = '';
const end = new AbortController();
process.stdin.once('data', () => end.abort());

/** A key holds one text many times, so that a part of it, or two of them, show. */
function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    found.reads += 1;
    const [line = '', ...others] = text.trimEnd().split('\n');
    const count = Number(line.split(' ')[1]);
    if (others.length + 1 !== count || others.some((other) => other !== line)) found.torn += 1;
    return line;
  } catch {
    return undefined;
  }
}

function readTogether(): void {
  const name = readlinkSync(`${root}/..data`);
  const handle = openSync(`${root}/${name}`, 'r');
  try {
    const all = keys.map((key) => read(`/proc/self/fd/${handle}/${key}`));
    // What was removed meanwhile was there no more to be read: the reader starts over.
    if (all.includes(undefined)) return;
    if (new Set(all).size > 1) found.mixed += 1;
    if (name !== last) found.generations += 1;
    last = name;
  } finally {
    closeSync(handle);
  }
}

readdirSync(root);
console.log('ready');
while (!end.signal.aborted) {
  for (const key of keys) if (read(`${root}/${key}`) === undefined) found.missing += 1;
  try {
    readTogether();
  } catch {
    // Gone between the look and the open.
  }
  await setImmediate();
}
console.log(JSON.stringify(found));
process.stdin.destroy();
