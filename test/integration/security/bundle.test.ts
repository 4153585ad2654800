// Whoever builds the bundle gets the same bytes, so that it can be told what is in an image.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createTempDir } from '../../support/temp-dir.ts';

const root = join(import.meta.dirname, '../../..');

/** What the Dockerfile copies for the build. */
const SOURCES = ['cmd', 'src', 'package.json', 'tsconfig.json', 'rolldown.config.ts'];

/** A copy of the sources, in which node_modules are real files: a link would show in the bundle. */
async function copySources(to: string): Promise<void> {
  await execa('cp', ['-r', ...SOURCES.map((name) => join(root, name)), to]);
  const modules = join(root, 'node_modules');
  const linked = await execa('cp', ['-al', modules, to], { reject: false });
  if (linked.failed) await execa('cp', ['-a', modules, to]);
}

async function build(cwd: string): Promise<Map<string, string>> {
  await execa('npm', ['run', 'build'], { cwd, env: { PATH: process.env['PATH'] } });
  const names = readdirSync(join(cwd, 'dist')).toSorted();
  return new Map(names.map((name) => [name, readFileSync(join(cwd, 'dist', name), 'utf8')]));
}

describe('the bundle', () => {
  it('is the same wherever it is built, and knows nothing of the place', async () => {
    await using one = await createTempDir('bundle-');
    await using other = await createTempDir('built-elsewhere-');
    const bundles: Map<string, string>[] = [];
    for (const { path } of [one, other]) {
      await copySources(path);
      bundles.push(await build(path));
    }
    const [first, second] = bundles;
    expect(first?.has('rehup.cjs')).toBe(true);
    expect([...(first?.keys() ?? [])]).toEqual([...(second?.keys() ?? [])]);
    for (const [name, text] of first ?? []) {
      expect(text === second?.get(name), `${name} differs`).toBe(true);
      expect(text).not.toContain(one.path);
    }
    const { stdout } = await execa(process.execPath, [
      join(one.path, 'dist/rehup.cjs'),
      '--version',
    ]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});
