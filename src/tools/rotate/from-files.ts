import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, type ConfigProblem, Plain, reasonOf } from '../../system/errors.ts';
import { MAX_BYTES } from './check.ts';
import { type Content, type ContentKind, toValue } from '../../kubernetes/content.ts';

type KeyFile = { key: string; path: string };

/**
 * The content of `--from-file` and `--from-literal`, by kubectl's rules: `PATH`, `KEY=PATH`, or a
 * directory of which each file is a key. Links to files count, too. Throws ConfigError with all that
 * is wrong.
 */
export async function readContentFiles(
  { kind, type }: { kind: ContentKind; type: string },
  { fromFile, fromLiteral }: { fromFile: readonly string[]; fromLiteral: readonly string[] },
): Promise<Content> {
  const problems: ConfigProblem[] = [];
  const values = new Map<string, Buffer>();
  const add = (option: string, key: string, bytes: Buffer): void => {
    if (values.has(key)) problems.push({ option, value: key, reason: 'there are two of this key' });
    values.set(key, bytes);
  };
  for (const text of fromFile) {
    try {
      for (const { key, path } of await findKeyFiles(text)) {
        add('--from-file', key, await readBounded(path));
      }
    } catch (error) {
      const reason = error instanceof Unusable ? error.message : explain(error);
      problems.push({ option: '--from-file', value: text, reason });
    }
  }
  for (const text of fromLiteral) {
    const [, key, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    // What has no = may be a secret, whole.
    if (key === undefined) {
      problems.push({ option: '--from-literal', value: '…', reason: 'is not KEY=VALUE' });
    } else add('--from-literal', key, Buffer.from(value));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    kind,
    type,
    values: new Map([...values].map(([key, bytes]) => [key, toValue(kind, bytes)])),
  };
}

class Unusable extends Plain {}

async function findKeyFiles(text: string): Promise<KeyFile[]> {
  const at = text.indexOf('=');
  const [key, path] = at < 0 ? [undefined, text] : [text.slice(0, at), text.slice(at + 1)];
  if (key === '' || path === '') throw new Unusable('is neither PATH nor KEY=PATH');
  if (!(await stat(path)).isDirectory()) return [{ key: key ?? basename(path), path }];
  if (key !== undefined) throw new Unusable('is a directory: its files have their names as keys');
  const names = (await readdir(path)).filter((name) => !name.startsWith('..')).toSorted();
  const files: KeyFile[] = [];
  for (const name of names) {
    const file = join(path, name);
    if ((await stat(file)).isFile()) files.push({ key: name, path: file });
  }
  if (files.length === 0) throw new Unusable('has no files');
  return files;
}

/** Nothing is read that cannot be sent anyway. */
async function readBounded(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) {
    throw new Unusable(
      `${path} has ${size} bytes; all values together may have ${MAX_BYTES} (1 MiB)`,
    );
  }
  return await readFile(path);
}

function explain(error: unknown): string {
  return `cannot be read: ${reasonOf(error)}`;
}
