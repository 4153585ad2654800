import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FatalError } from '../../../../src/system/errors.ts';
import { readSources } from '../../../../src/tools/manifest/source.ts';
import { createTempDir, type TempDir } from '../../../support/temp-dir.ts';

async function createTree(files: Record<string, string>): Promise<TempDir> {
  const directory = await createTempDir();
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return directory;
}

describe('readSources', () => {
  it('reads all manifests below a directory, in the order of names', async () => {
    await using tree = await createTree({
      'b.yml': 'b',
      'a/z.YAML': 'z',
      'a/c.json': 'c',
      'README.md': 'no manifest',
      '.github/ci.yaml': 'hidden',
      'node_modules/x/x.yaml': 'of others',
    });
    const { sources, skipped } = await readSources([tree.path]);
    expect(sources.map(({ text }) => text)).toEqual(['c', 'z', 'b']);
    expect(sources[0]?.file).toBe(join(tree.path, 'a/c.json'));
    expect(skipped).toEqual([]);
  });

  it('passes over the templates of a Helm chart, and says so', async () => {
    await using tree = await createTree({
      'chart/Chart.yaml': 'name: chart',
      'chart/templates/deployment.yaml': '{{ no YAML }}',
      'templates/pod.yaml': 'of no chart',
    });
    const { sources, skipped } = await readSources([tree.path]);
    expect(sources.map(({ text }) => text)).toEqual(['name: chart', 'of no chart']);
    expect(skipped).toEqual([
      {
        file: join(tree.path, 'chart/templates'),
        reason: expect.stringContaining('helm template'),
      },
    ]);
  });

  it('reads standard input, and each file once', async () => {
    await using tree = await createTree({ 'a.txt': 'named' });
    const file = join(tree.path, 'a.txt');
    const { sources } = await readSources(['-', file, file], Readable.from(['from ', 'stdin']));
    expect(sources).toEqual([
      { file: '-', text: 'from stdin' },
      { file, text: 'named' },
    ]);
  });

  it('says what cannot be read, or is not there', async () => {
    await using tree = await createTree({ 'notes.txt': '' });
    const missing = readSources([join(tree.path, 'missing.yaml')]);
    await expect(missing).rejects.toThrow(/missing\.yaml: cannot be read: ENOENT/);
    await expect(missing).rejects.toBeInstanceOf(FatalError);
    await expect(readSources([tree.path])).rejects.toThrow(
      /no \*\.yaml, \*\.yml or \*\.json there/,
    );
  });
});
