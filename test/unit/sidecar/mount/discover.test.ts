import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeMount, discoverMounts } from '../../../../src/sidecar/mount/discover.ts';
import { toVolume } from '../../../../src/sidecar/mount/mount.ts';
import type { MountEntry } from '../../../../src/system/proc/mountinfo.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { bySubPath, configMapMount, tmpfsMount } from '../../../support/process-builder.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const configMap = configMapMount('cfg');

function onDisk(plugin: string): MountEntry {
  return { ...configMap, root: configMap.root.replace('~configmap', `~${plugin}`) };
}

describe('discoverMounts', () => {
  it.each(['configmap', 'secret', 'projected', 'downward-api'])(
    'finds a %s volume that is kept on disk',
    (plugin) => {
      const entry = onDisk(plugin);
      expect(discoverMounts([entry])).toEqual([{ path: '/etc/cfg', volume: toVolume(entry) }]);
    },
  );

  it('finds a volume on tmpfs by its ..data link, and by nothing else', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'tls.crt': 'x' });
    await using plain = await createTempDir();
    const secret = tmpfsMount(57, volume.root);
    const shm = tmpfsMount(58, plain.path);
    expect(discoverMounts([secret, shm]).map(({ path }) => path)).toEqual([volume.root]);
    expect(discoverMounts([{ ...secret, fsType: 'ext4', root: '/data' }])).toEqual([]);
  });

  it('finds volumes that are mounted by subPath, which can be told only if they are found', () => {
    const entries = [bySubPath(configMap, 'app.conf'), bySubPath(tmpfsMount(57), 'tls.crt')];
    expect(discoverMounts(entries).map(({ volume }) => volume?.subPath)).toEqual([true, true]);
  });

  it.each([
    { what: 'an emptyDir', entry: onDisk('empty-dir') },
    { what: 'a host path', entry: { ...configMap, root: '/srv/config' } },
    { what: 'the container root', entry: { ...configMap, root: '/', mountPoint: '/' } },
    { what: 'a termination log', entry: { ...configMap, root: '/pods/x/containers/app/1a2b3c4d' } },
    {
      what: "the service account's volume",
      entry: { ...configMap, mountPoint: '/var/run/secrets/kubernetes.io/serviceaccount' },
    },
    {
      what: "the service account's volume under /run",
      entry: { ...configMap, mountPoint: '/run/secrets/kubernetes.io/serviceaccount' },
    },
  ])('leaves out $what', ({ entry }) => {
    expect(discoverMounts([entry])).toEqual([]);
  });

  it('finds a volume once that is mounted twice, and two volumes twice', () => {
    const again = { ...configMap, mountPoint: '/etc/again' };
    const other = configMapMount('other');
    const found = discoverMounts([configMap, again, other]);
    expect(found.map(({ path }) => path)).toEqual(['/etc/cfg', '/etc/other']);
  });
});

describe('describeMount', () => {
  it('knows the volume of a mount point, the one that was mounted last', () => {
    const hidden = tmpfsMount(57, '/etc/cfg');
    expect(describeMount('/etc/cfg', [hidden, configMap])).toEqual({
      path: '/etc/cfg',
      volume: toVolume(configMap),
    });
  });

  it('watches what lies inside a kubelet volume through its root', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'x', 'conf.d/a.conf': 'x' });
    const entry = configMapMount('cfg', volume.root);
    const expected = { path: volume.root, volume: toVolume(entry) };
    const mountOf = (key: string): object => describeMount(join(volume.root, key), [entry]);
    expect(mountOf('')).toEqual(expected);
    expect(mountOf('app.conf')).toEqual({ ...expected, only: ['app.conf'] });
    expect(mountOf('conf.d')).toEqual({ ...expected, only: ['conf.d'] });
    expect(mountOf('conf.d/a.conf')).toEqual({ ...expected, only: ['conf.d/a.conf'] });
  });

  it("takes the writer's own links for what they lead to", async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'conf.d/a.conf': 'x' });
    const mountOf = (key: string): object => describeMount(join(volume.root, key), []);
    expect(mountOf('..data')).toEqual({ path: volume.root });
    expect(mountOf('..data/conf.d/a.conf')).toEqual({ path: volume.root, only: ['conf.d/a.conf'] });
  });

  it('takes a path for its own mount where it is one, though it lies below a volume', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'x' });
    const nested = join(volume.root, 'nested');
    mkdirSync(nested);
    writeFileSync(join(nested, 'file'), 'x');
    const entries = [configMapMount('cfg', volume.root), tmpfsMount(57, nested)];
    expect(describeMount(nested, entries).volume?.kind).toBe('tmpfs');
    // What lies below the root of a tmpfs may be of anybody's writing.
    const { volume: below } = describeMount(join(nested, 'file'), entries);
    expect(below).toEqual({ ...toVolume(tmpfsMount(57, nested)), kind: 'other' });
  });

  it('knows the volume that contains a path, whatever links lead there', async () => {
    await using dir = await createTempDir();
    const git = join(dir.path, 'git');
    mkdirSync(join(git, 'v1'), { recursive: true });
    symlinkSync('v1', join(git, 'current'));
    symlinkSync('git', join(dir.path, 'alias'));
    const emptyDir = { ...configMapMount('git', git), root: '/srv/git' };
    const root = { ...configMapMount('root', '/'), root: '/' };
    const volume = toVolume(emptyDir);
    for (const path of [
      'git/current',
      'git/v1',
      'git/later',
      'alias/current',
      'alias/deep/later',
    ]) {
      const configured = join(dir.path, path);
      expect(describeMount(configured, [root, emptyDir])).toEqual({ path: configured, volume });
    }
    expect(describeMount(join(dir.path, 'beside'), [root, emptyDir]).volume).toBeUndefined();
    expect(describeMount(`${git}-other`, [root, emptyDir]).volume).toBeUndefined();
  });

  it('takes a link to a kubelet volume, or into one, for what it leads to', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'x', 'conf.d/a.conf': 'x' });
    await using dir = await createTempDir();
    const entry = configMapMount('cfg', volume.root);
    const expected = { path: volume.root, volume: toVolume(entry) };
    const [whole, twice, key, sub] = ['whole', 'twice', 'key', 'sub'].map((name) =>
      join(dir.path, name),
    ) as [string, string, string, string];
    symlinkSync(volume.root, whole);
    symlinkSync(whole, twice);
    symlinkSync(join(volume.root, 'app.conf'), key);
    symlinkSync(join(volume.root, 'conf.d'), sub);
    expect(describeMount(whole, [entry])).toEqual(expected);
    expect(describeMount(twice, [entry])).toEqual(expected);
    expect(describeMount(join(whole, 'app.conf'), [entry])).toEqual({
      ...expected,
      only: ['app.conf'],
    });
    expect(describeMount(key, [entry])).toEqual({ ...expected, only: ['app.conf'] });
    expect(describeMount(sub, [entry])).toEqual({ ...expected, only: ['conf.d'] });
    expect(describeMount(join(sub, 'a.conf'), [entry])).toEqual({
      ...expected,
      only: ['conf.d/a.conf'],
    });
  });

  it('leaves any other path as it is, whether it can be looked at or not', async () => {
    await using dir = await createTempDir();
    const [file, loop] = [join(dir.path, 'file'), join(dir.path, 'loop')];
    writeFileSync(file, 'x');
    symlinkSync('loop', loop);
    const missing = join(dir.path, 'missing/deep');
    for (const path of [dir.path, file, loop, missing, join(file, 'below'), '/']) {
      expect(describeMount(path, [])).toEqual({ path });
    }
  });

  it('leaves a key that is not there as it is, so that its absence is told', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'x' });
    const missing = join(volume.root, 'typo.conf');
    expect(describeMount(missing, [])).toEqual({ path: missing });
  });
});
