import {
  closeSync,
  fchmodSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { compileGlob } from '../../config/glob.ts';
import type { Settings } from '../../config/options.ts';
import { CannotFill, expand, type Lookup, readReferred } from './expand.ts';

/** 64 times what a ConfigMap can hold. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Changes the files of a generation that nobody sees yet, as the settings say: first unpacked, then expanded. */
export function fillStaged(
  directory: string,
  { gunzip, expand: expanded }: Pick<Settings, 'gunzip' | 'expand'>,
  env: Lookup['env'],
): void {
  for (const key of keysThat(directory, gunzip)) {
    const plain = key.replace(/\.gz$/, '');
    rewrite(directory, key, plain, (content) => unpack(content, key));
  }
  const lookup = { env, readFile: readReferred };
  for (const key of keysThat(directory, expanded)) {
    // By bytes: what is not UTF-8 stays as it is.
    rewrite(directory, key, key, (content) =>
      Buffer.from(expand(content.toString('latin1'), key, toLatin1(lookup)), 'latin1'),
    );
  }
}

function keysThat(directory: string, globs: readonly string[] = []): string[] {
  if (globs.length === 0) return [];
  const matchers = globs.map((glob) => compileGlob(glob));
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)))
    .filter((key) => matchers.some((matches) => matches(key)));
}

function toLatin1({ env, readFile }: Lookup): Lookup {
  const values = Object.entries(env).map(([name, value]) => [name, value && bytesOf(value)]);
  return {
    env: Object.fromEntries(values) as Lookup['env'],
    readFile: (path) => bytesOf(readFile(path)),
  };
}

/** Each as one character. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function unpack(content: Buffer, key: string): Buffer {
  try {
    // Loaded by whoever unpacks: it would be most of what publishing adds to the memory.
    const { gunzipSync } = process.getBuiltinModule('node:zlib');
    return gunzipSync(content, { maxOutputLength: MOST_BYTES });
  } catch {
    throw new CannotFill(`the key ${key} is not packed by gzip, or is larger than 64 MiB unpacked`);
  }
}

/** Changes one file, or makes another one of it; its mode stays. */
export function rewrite(
  directory: string,
  from: string,
  to: string,
  change: (content: Buffer) => Buffer,
): void {
  const place = join(directory, from);
  const { mode } = statSync(place);
  const content = change(readFileSync(place));
  if (to !== from && statSync(join(directory, to), { throwIfNoEntry: false })) {
    throw new CannotFill(`the key ${from} would become ${to}, which is there already`);
  }
  const coming = join(directory, `..${process.pid}`);
  writeFileSync(coming, content, { flag: 'wx', mode: 0o600 });
  const handle = openSync(coming, 'r');
  try {
    fchmodSync(handle, mode & 0o777);
  } finally {
    closeSync(handle);
  }
  renameSync(coming, join(directory, to));
  if (to !== from) unlinkSync(place);
}
