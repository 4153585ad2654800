// The package for npm, as it is published: packed, installed into an empty folder, run on each Node that it is for.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packNpm } from '../../scripts/package/npm.ts';
import { createTempDir, type TempDir } from '../support/temp-dir.ts';
import { nodes } from '../support/tools.ts';
import { expectToWork } from './expect-to-work.ts';

const root = join(import.meta.dirname, '../..');
const { name, version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  engines: { node: string };
};

describe('the package for npm', () => {
  let directory: TempDir;
  let archive: string;
  let installed: string;

  beforeAll(async () => {
    directory = await createTempDir('rehup-npm-');
    archive = await packNpm(join(directory.path, 'out'), directory.path);
    installed = join(directory.path, 'empty');
    mkdirSync(installed);
    // Offline: it needs nothing but itself.
    await npm('install', '--offline', '--no-audit', '--no-fund', archive);
  });

  afterAll(() => directory[Symbol.asyncDispose]());

  async function npm(...args: string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], HOME: directory.path };
    return (await execa('npm', args, { cwd: installed, env, extendEnv: false })).stdout;
  }

  it('is small', () => {
    expect(statSync(archive).size).toBeLessThan(1_500_000);
  });

  it('is the bundle, the licences and the page, and nothing else', () => {
    const files = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    const others = files.filter((file) => !/^package\/dist\/[\w-]+\.cjs$/.test(file));
    expect(others.toSorted()).toEqual([
      'package/LICENSE',
      'package/README.md',
      'package/THIRD-PARTY-NOTICES',
      'package/package.json',
    ]);
    expect(files).toContain('package/dist/rehup.cjs');
  });

  it('brings no other package along, and runs no script', () => {
    const modules = readdirSync(join(installed, 'node_modules')).filter(
      (one) => !one.startsWith('.'),
    );
    expect(modules).toEqual([name]);
    const manifest = JSON.parse(
      readFileSync(join(installed, 'node_modules', name, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name, version, engines, license: 'Apache-2.0' });
    for (const key of ['private', 'scripts', 'dependencies', 'devDependencies', 'type'])
      expect(manifest).not.toHaveProperty(key);
    // By which npm tells from where it was published.
    expect(manifest).toHaveProperty('repository.url', 'git+https://github.com/rehup/rehup.git');
  });

  it('is a command, and a plugin of kubectl', async () => {
    expect(await npm('exec', '--offline', '--', 'rehup', 'version')).toBe(version);
    expect(existsSync(join(installed, 'node_modules/.bin/kubectl-rehup'))).toBe(true);
    expect(await npm('exec', '--offline', '--', 'kubectl-rehup', 'version')).toBe(version);
  });

  it.each([process.execPath, ...nodes].map((node) => [basename(node), node]))(
    'works on %s',
    async (_, node) => {
      await expectToWork([node, join(installed, 'node_modules/.bin/rehup')], version);
    },
  );

  it.skipIf(nodes.length === 0)(
    `was tried on the oldest Node that it is for${nodes.length === 0 ? ' (skipped: scripts/tools.sh was not run)' : ''}`,
    () => {
      const oldest = engines.node.replace('>=', '');
      expect(basename(nodes[0] ?? '')).toMatch(new RegExp(`^node-${oldest}\\.0$`));
    },
  );
});
