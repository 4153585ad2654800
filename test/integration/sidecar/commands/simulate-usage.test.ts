import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { stepForms } from '../../../../src/tools/simulate/step.ts';
import { pidNamespaces as mounts } from '../../../support/abilities.ts';
import { startSimulate } from '../../../support/simulate.ts';
import { rehupCommand } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

/** What hangs must not outlive the test. */
const limit = { timeout: 120_000, killSignal: 'SIGKILL' } as const;

type Run = { exitCode?: number; stdout: string; stderr: string };

async function run(...argv: readonly string[]): Promise<Run> {
  const [node = '', ...args] = rehupCommand(['simulate', ...argv]);
  return await execa(node, args, { extendEnv: false, reject: false, stdin: 'ignore', ...limit });
}

/** As above, in a mount namespace in which the directory is a mount point. */
async function runInMount(directory: string, options: string): Promise<Run> {
  const script = 'mount --bind "$1" "$1" && mount -o "remount,$2" "$1" && shift 2 && exec "$@"';
  const command = rehupCommand(['simulate', directory, '--keep']);
  const args = ['--mount', 'sh', '-c', script, 'sh', directory, options, ...command];
  return await execa('unshare', args, { reject: false, stdin: 'ignore', ...limit });
}

function makeDirectory(path: string, make: (path: string) => void): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'app.conf'), 'mine');
  make(path);
}

describe('a directory that cannot be used is left as it is', () => {
  it.each<[string, string, (path: string) => void]>([
    [
      'it has a directory',
      'sub is a directory, and a key is a file',
      (path) => mkdirSync(join(path, 'sub')),
    ],
    [
      'it has a file with another name than keys have',
      'my notes is not a name for a key',
      (path) => writeFileSync(join(path, 'my notes'), ''),
    ],
    [
      'it has a link that leads nowhere',
      'link leads nowhere',
      (path) => symlinkSync('nowhere', join(path, 'link')),
    ],
    [
      'it has more than a ConfigMap can have',
      'large is too large: all keys together may have 1 MiB',
      (path) => {
        writeFileSync(join(path, 'large'), '');
        truncateSync(join(path, 'large'), 1_048_573);
      },
    ],
  ])('where %s', async (_, reason, make) => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeDirectory(config, make);
    const before = readdirSync(dir.path, { recursive: true });
    const { exitCode, stdout, stderr } = await run(config);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`rehup: ${config} holds what cannot be keys of a ConfigMap`);
    expect(stderr).toContain(reason);
    expect(stderr).toContain(`rehup simulate /tmp/config --from ${config}`);
    expect(readdirSync(dir.path, { recursive: true })).toEqual(before);
  });

  it('where it is not a directory', async () => {
    await using dir = await createTempDir();
    const file = join(dir.path, 'file');
    writeFileSync(file, 'mine');
    const { exitCode, stderr } = await run(file);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `rehup: ${file} is not a directory`,
    });
    expect(readdirSync(dir.path)).toEqual(['file']);
  });

  it('where it is the volume of a real kubelet', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'pods/uid/volumes/kubernetes.io~configmap/config');
    makeDirectory(config, () => {});
    const before = readdirSync(dir.path, { recursive: true });
    const { exitCode, stderr } = await run(config);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${config} is a volume of a real kubelet`);
    expect(readdirSync(dir.path, { recursive: true })).toEqual(before);
  });

  it.skipIf(mounts.missing).each([
    { what: 'is mounted read-only', options: 'bind,ro', reason: /cannot be written: EROFS/ },
    {
      what: 'is a mount point, which cannot be renamed',
      options: 'bind',
      reason: /cannot be moved aside to \S+\.before-simulate \(EBUSY\), and is left as it is/,
    },
  ])(`where it $what${mounts.note}`, async ({ options, reason }) => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeDirectory(config, () => {});
    const { exitCode, stderr } = await runInMount(config, options);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(reason);
    expect(readdirSync(dir.path, { recursive: true })).toEqual(['config', 'config/app.conf']);
  });

  it('where nothing can be made', async () => {
    const { exitCode, stderr } = await run('/proc/config');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^rehup: \/proc(?:\/config)? cannot be (?:used|written): /);
  });

  it('where another one is at work', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    await using first = await startSimulate(config);
    const { exitCode, stderr } = await run(config);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`rehup: another rehup simulate is at work in ${config}`);
    await first.play('change');
    expect(await first.stop()).toBe(0);
  });

  it('where both it and the files of an earlier run are there', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeDirectory(config, () => {});
    makeDirectory(`${config}.before-simulate`, () => {});
    const before = readdirSync(dir.path, { recursive: true });
    const { exitCode, stderr } = await run(config);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('move away one of the two');
    expect(readdirSync(dir.path, { recursive: true })).toEqual(before);
  });
});

describe('an empty mount point', () => {
  it.skipIf(mounts.missing)(`becomes a volume where it is${mounts.note}`, async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    mkdirSync(config);
    const { exitCode } = await runInMount(config, 'bind');
    expect(exitCode).toBe(0);
    expect(readdirSync(config)).toEqual(expect.arrayContaining(['..data', 'app.conf']));
  });
});

describe('a source that cannot be used', () => {
  it.each([
    ['that is missing', 'nowhere', 'there is no such directory'],
    ['that is the directory itself', 'config', 'is within the other'],
    ['in which the directory is', '.', 'is within the other'],
  ])('is one %s', async (_, source, reason) => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeDirectory(config, () => {});
    const { exitCode, stderr } = await run(config, '--from', join(dir.path, source));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
    expect(readdirSync(dir.path, { recursive: true })).toEqual(['config', 'config/app.conf']);
  });
});

describe('the command line', () => {
  it('is refused with all that is wrong, before anything is touched', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    const { exitCode, stderr } = await run(config, '--every=5', '--play=chnge', '--order=odd');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--every=5: is not a duration');
    expect(stderr).toContain('chnge: is not a step; did you mean change?');
    expect(stderr).toContain('--order=odd: is not one of old, new');
    expect(readdirSync(dir.path)).toEqual([]);
  });

  it('needs a directory', async () => {
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(2);
    expect(stderr).toContain("missing required argument 'dir'");
  });

  it('has a help that names every step', async () => {
    const { exitCode, stdout } = await run('--help');
    expect(exitCode).toBe(0);
    for (const form of stepForms) expect(stdout).toContain(`\n  ${form} `);
    expect(stdout).toContain('rehup simulate /tmp/config --every 5s');
  });
});
