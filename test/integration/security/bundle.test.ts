// Whoever builds the bundle gets the same bytes, so that it can be told what is in an image.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { buildBundle } from '../../support/bundle.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const root = join(import.meta.dirname, '../../..');

/** What the Dockerfile copies for the build. */
const SOURCES = [
  'cmd',
  'src',
  'scripts',
  'LICENSE',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'rolldown.config.ts',
];

const readJson = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

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

  it('finds what is wrong with JSON, which takes a parser that has to be bundled', async () => {
    await using dir = await createTempDir();
    const { command } = await buildBundle(join(dir.path, 'dist'));
    const [node = '', ...bundle] = command;
    const watched = join(dir.path, 'watched');
    mkdirSync(watched);
    writeFileSync(join(watched, 'a.json'), '{"a": 1,}');
    const env = {
      REHUP_WATCH: watched,
      REHUP_URL: 'http://127.0.0.1:1',
      REHUP_VALIDATE: '*.json=json',
      REHUP_RETRIES: '0',
      REHUP_LISTEN: 'off',
    };
    const { stdout } = await execa(node, [...bundle, 'once'], { env, reject: false });
    expect(stdout).toContain('is not JSON: a comma stands before the closing bracket');
  });

  it('lies beside the licences of all that it has code of', async () => {
    await using dir = await createTempDir();
    await buildBundle(join(dir.path, 'dist'));
    const notices = readFileSync(join(dir.path, 'dist/THIRD-PARTY-NOTICES'), 'utf8');
    const named = [...notices.matchAll(/^={80}\n(\S+) (\S+) \((.*)\)$/gm)];
    const { dependencies, license } = readJson('package.json') as {
      dependencies: object;
      license: string;
    };
    const names = named.map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    const { packages } = readJson('package-lock.json') as {
      packages: Record<string, { version: string; dev?: boolean }>;
    };
    for (const [, name = '', version] of named) {
      const locked = Object.entries(packages).filter(([path]) =>
        path.endsWith(`node_modules/${name}`),
      );
      // No tool of the build has got into it.
      expect(locked.filter(([, one]) => one.dev !== true).map(([, one]) => one.version)).toContain(
        version,
      );
    }
    for (const holder of ['Eemeli Aro', 'Matteo Collina', 'TJ Holowaychuk', 'Microsoft']) {
      expect(notices).toContain(holder);
    }
    const [, label = ''] =
      /image\.licenses="([^"]*)"/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? [];
    const licences = new Set([license, ...named.map(([, , , one]) => one)]);
    expect(label.split(' AND ')).toEqual(expect.arrayContaining([...licences]));
    expect(readFileSync(join(dir.path, 'dist/LICENSE'), 'utf8')).toBe(
      readFileSync(join(root, 'LICENSE'), 'utf8'),
    );
  });
});
