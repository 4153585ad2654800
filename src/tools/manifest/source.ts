import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { exitCodes, FatalError, reasonOf } from '../../system/errors.ts';

/** Text that was read, and what it is called in messages: its path, or `-` for standard input. */
export type Source = { file: string; text: string };

/** What a source is called in messages. */
export function nameOf(file: string): string {
  return file === '-' ? 'stdin' : file;
}

/** The sources, and what was passed over, with the reason. */
export type Sources = { sources: Source[]; skipped: Skipped[] };

export type Skipped = { file: string; reason: string };

/**
 * Reads files, `-` for standard input, and the manifests below directories. Throws FatalError where
 * one cannot be read.
 */
export async function readSources(
  names: readonly string[],
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<Sources> {
  const found: Sources = { sources: [], skipped: [] };
  for (const name of new Set(names)) {
    if (name !== '-' && (await isDirectory(name))) await readDirectory(name, found);
    else found.sources.push(await readSource(name, stdin));
  }
  return found;
}

/** Reads one file, or standard input. Throws FatalError where it cannot be read. */
export async function readSource(
  file: string,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<Source> {
  try {
    return { file, text: file === '-' ? await readStream(stdin) : await readFile(file, 'utf8') };
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function isDirectory(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory();
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function readDirectory(directory: string, found: Sources): Promise<void> {
  const before = found.sources.length + found.skipped.length;
  await walk(directory, found);
  if (found.sources.length + found.skipped.length > before) return;
  throw new FatalError(
    `${directory}: no *.yaml, *.yml or *.json there; name another directory, or a file`,
    exitCodes.configuration,
  );
}

/** In the order of names. Hidden entries are no manifests; links to directories may form a circle. */
async function walk(directory: string, found: Sources): Promise<void> {
  const entries = await list(directory);
  const isChart = entries.some(({ name }) => name === 'Chart.yaml');
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (isChart && entry.name === 'templates') {
      found.skipped.push({ file: path, reason: HELM });
    } else if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') await walk(path, found);
    } else if (/\.(?:ya?ml|json)$/i.test(entry.name) && !(await isDirectory(path))) {
      found.sources.push(await readSource(path));
    }
  }
}

const HELM = 'templates of a Helm chart are not YAML yet: helm template CHART | rehup lint -';

type Entry = { name: string; isDirectory: () => boolean };

async function list(directory: string): Promise<Entry[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    throw unreadable(directory, error);
  }
}

function unreadable(file: string, error: unknown): FatalError {
  const reason = reasonOf(error);
  return new FatalError(`${nameOf(file)}: cannot be read: ${reason}`, exitCodes.configuration, {
    cause: error,
  });
}
