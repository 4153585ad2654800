// What the bundle is made of, and what of it every pod holds in memory.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareResident } from '../../../scripts/resident/list.ts';
import { errorCode } from '../../../src/system/errors.ts';
import { measureResident } from '../../../scripts/resident/resident.ts';
import { buildBundle } from '../../support/bundle.ts';
import { startDaemon } from '../../support/bundled-daemon.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const WRITTEN = join(import.meta.dirname, '../../../docs/resident.txt');

/** Inodes that a process watches (proc_pid_fdinfo(5)). */
function watchedInodes(pid: number): number[] {
  const dir = `/proc/${pid}/fdinfo`;
  return readdirSync(dir).flatMap((name) => {
    const text = readIfOpen(join(dir, name));
    return [...text.matchAll(/^inotify wd:\S+ ino:([\da-f]+)/gm)].map(([, ino = '']) =>
      Number.parseInt(ino, 16),
    );
  });
}

/** What it has open for a moment may be closed by now. */
function readIfOpen(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

describe('the bundle', () => {
  it('has loaded at rest what docs/resident.txt says (npm run resident writes it anew)', async () => {
    const written = readFileSync(WRITTEN, 'utf8');
    const resident = await measureResident((now) => compareResident(written, now).length === 0);
    expect(compareResident(written, resident)).toEqual([]);
  });

  it('is ASCII, since one character beyond Latin-1 doubles what the text of a file takes in memory', async () => {
    await using dir = await createTempDir('bundle-');
    const { modules } = await buildBundle(dir.path);
    const beyond = [...modules.keys()].flatMap((file) => {
      const [found] = /[^\0-\x7f].{0,20}/.exec(readFileSync(join(dir.path, file), 'latin1')) ?? [];
      return found === undefined ? [] : [`${file}: ${found}`];
    });
    expect(modules.size).toBeGreaterThan(0);
    expect(beyond).toEqual([]);
  });

  it('watches the root of a volume, and nothing else, by chokidar', async () => {
    await using dir = await createTempDir('bundle-');
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    await using daemon = await startDaemon({
      dir: dir.path,
      env: { REHUP_WATCH: volume.root, REHUP_TARGET: 'name:nobody', REHUP_LISTEN: 'off' },
    });
    await daemon.process.line(/"msg":"watching"/);
    expect(watchedInodes(daemon.process.pid)).toEqual([statSync(volume.root).ino]);
    const packages = [...daemon.modules.values()].flat().map(({ path }) => path.split('/')[1]);
    expect(packages).toEqual(expect.arrayContaining(['chokidar', 'commander', 'execa', 'pino']));
    expect(await daemon.stop()).toBe(0);
  });
});
