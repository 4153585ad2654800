// The archive for those who have no Node: one program, on this platform.
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeExecutable, platformHere } from '../../scripts/package/executable.ts';
import { writeKrew } from '../../scripts/package/krew.ts';
import { createAbility, isInstalled } from '../support/abilities.ts';
import { createTempDir, type TempDir } from '../support/temp-dir.ts';
import { expectToWork } from './expect-to-work.ts';

const { version } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { version: string };

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const builder = createAbility(
  (major > 25 || (major === 25 && minor >= 5)) && isInstalled('strip'),
  'it takes Node 25.5 and strip to make an executable',
);

describe.skipIf(builder.missing)(`the executable${builder.note}`, () => {
  let directory: TempDir;
  let archive: string;
  const unpacked = (): string => join(directory.path, 'unpacked');

  beforeAll(async () => {
    directory = await createTempDir('rehup-executable-');
    archive = await makeExecutable(directory.path, join(directory.path, 'work'));
    await execa('mkdir', [unpacked()]);
    await execa('tar', ['-xzf', archive, '-C', unpacked()]);
  });

  afterAll(() => directory[Symbol.asyncDispose]());

  it('lies beside the licences of rehup, of what is in it, and of Node', async () => {
    const { stdout } = await execa('tar', ['-tzvf', archive]);
    // Plain files of root's: krew unpacks no links.
    const files = stdout.split('\n').map((line) => line.replace(/\s.*\s/, ' '));
    expect(files).toEqual([
      '-rwxr-xr-x rehup',
      '-rw-r--r-- LICENSE',
      '-rw-r--r-- THIRD-PARTY-NOTICES',
      '-rw-r--r-- LICENSE-node',
    ]);
    expect(readFileSync(join(unpacked(), 'LICENSE-node'), 'utf8')).toContain('Node.js is licensed');
  });

  it('works where there is no Node', async () => {
    const program = join(unpacked(), 'rehup');
    chmodSync(program, 0o755);
    await expectToWork([program], version);
  });

  it('is a plugin of kubectl by a link, as krew makes one', async () => {
    const link = join(directory.path, 'kubectl-rehup');
    symlinkSync(join(unpacked(), 'rehup'), link);
    expect((await execa(link, ['version'], { env: {}, extendEnv: false })).stdout).toBe(version);
  });

  it('has a manifest for krew', () => {
    const manifest = parse(readFileSync(writeKrew(directory.path), 'utf8')) as {
      metadata: { name: string };
      spec: { version: string; shortDescription: string; platforms: Record<string, unknown>[] };
    };
    expect(manifest).toMatchObject({
      apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
      kind: 'Plugin',
      metadata: { name: 'rehup' },
      spec: { version: `v${version}`, homepage: 'https://github.com/rehup/rehup' },
    });
    // What the index of krew asks for.
    expect(manifest.spec.shortDescription.length).toBeLessThanOrEqual(50);
    const [platform] = manifest.spec.platforms;
    expect(manifest.spec.platforms).toHaveLength(1);
    expect(platform).toEqual({
      selector: {
        matchLabels: {
          os: process.platform,
          arch: process.arch === 'x64' ? 'amd64' : process.arch,
        },
      },
      uri: `https://github.com/rehup/rehup/releases/download/v${version}/rehup-${version}-${platformHere()}.tar.gz`,
      sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
      files: expect.arrayContaining([
        { from: 'rehup', to: '.' },
        { from: 'LICENSE', to: '.' },
      ]) as unknown,
      bin: 'rehup',
    });
  });
});
