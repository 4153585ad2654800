// What a node that writes core files would get of rehup, which holds credentials as long as it runs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAbility, works } from '../../support/abilities.ts';
import { createCanary, holdsCanary } from '../../support/canary.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startLineProcess } from '../../support/line-process.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** Runs a command in this directory, where its core file goes. */
const withCoreFile = (dir: string): string[] => [
  'env',
  `--chdir=${dir}`,
  'prlimit',
  '--core=unlimited',
];

/** What core files hold that are in a directory; each is that of one process. */
function readCoreFiles(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => name.startsWith('core'));
  return names.map((name) => readFileSync(join(dir, name), 'latin1'));
}

const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
const mayRaiseLimit = works(['/usr/bin/env', 'prlimit', '--core=unlimited', 'true']);
const coreFiles = createAbility(
  pattern === 'core' && mayRaiseLimit,
  'core files do not go to where a process works',
);

const password = createCanary('password');

describe.skipIf(coreFiles.missing)(`a core file${coreFiles.note}`, () => {
  it('holds what a process has in its memory, as a rule', async () => {
    await using dir = await createTempDir('core-');
    const env = { PASSWORD: password };
    await using other = await startLineProcess(
      [...withCoreFile(dir.path), 'sh', '-c', 'echo ready; read -r _'],
      { env },
    );
    await other.line('ready');
    other.kill('SIGABRT');
    await other.exited;
    expect(readCoreFiles(dir.path).map(holdsCanary)).toEqual([true]);
  });

  it('of rehup holds none of its memory, neither environment nor credentials', async () => {
    await using dir = await createTempDir('core-');
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': createCanary('content') });
    await using rehup = await startRehup({
      prefix: withCoreFile(dir.path),
      env: {
        REHUP_WATCH: volume.root,
        REHUP_URL: `http://user:${password}@127.0.0.1:1/reload`,
        REHUP_HEADER: `X-Token: ${password}`,
      },
    });
    await rehup.line({ msg: 'reload failed' });
    rehup.kill('SIGABRT');
    await rehup.exited;
    const files = readCoreFiles(dir.path);
    expect(files.map((text) => text.startsWith('\u007fELF'))).toEqual([true]);
    expect(files.map(holdsCanary)).toEqual([false]);
  });
});
