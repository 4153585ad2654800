import { describe, expect, it } from 'vitest';
import {
  mayBeSecret,
  mergeMounts,
  toVolume,
  volumeRoot,
} from '../../../../src/sidecar/mount/mount.ts';
import type { MountEntry } from '../../../../src/system/proc/mountinfo.ts';
import { bySubPath, configMapMount, tmpfsMount } from '../../../support/process-builder.ts';

const configMap = configMapMount('cfg');
const secret = tmpfsMount(57);
const emptyDir: MountEntry = {
  ...configMap,
  root: configMap.root.replace('~configmap', '~empty-dir'),
};

describe('toVolume', () => {
  it.each([
    {
      what: 'a ConfigMap',
      entry: configMap,
      volume: { kind: 'configmap', name: 'cfg', subPath: false },
    },
    { what: 'a tmpfs', entry: secret, volume: { kind: 'tmpfs', subPath: false } },
    { what: 'an emptyDir', entry: emptyDir, volume: { kind: 'other', subPath: false } },
    {
      what: 'a key of a ConfigMap',
      entry: bySubPath(configMap, 'app.conf'),
      volume: { kind: 'configmap', name: 'cfg', subPath: true },
    },
    {
      what: 'an outdated key of a ConfigMap',
      entry: bySubPath(configMap, 'app.conf', { outdated: true }),
      volume: { kind: 'configmap', name: 'cfg', subPath: true },
    },
    {
      what: 'a nested key of a Secret',
      entry: bySubPath(secret, 'tls/ca.crt'),
      volume: { kind: 'tmpfs', subPath: true },
    },
  ])('knows $what', ({ entry, volume }) => {
    const { device, root } = entry;
    expect(toVolume(entry)).toEqual({ ...volume, device, root });
  });

  it.each([
    ['/..2026_11_09_08_07_06.1', true],
    ['/vol/..2026_11_09_08_07_06.1234567890/a/b', true],
    ['/vol/..8988_11_09_08_07_06.1/a', true],
    ['/vol/..2026_11_09/a', false],
    ['/vol/2026_11_09_08_07_06.1/a', false],
    ['/vol/x..2026_11_09_08_07_06.1/a', false],
    ['/vol/..2026_11_09_08_07_06.1x/a', false],
    ['/vol/..data', false],
  ])('takes the root %j for a subPath: %s', (root, subPath) => {
    expect(toVolume({ ...configMap, root }).subPath).toBe(subPath);
  });
});

describe('volumeRoot', () => {
  it.each([
    { what: 'a ConfigMap', whole: configMap },
    { what: 'a Secret', whole: secret },
  ])('is the same for all who mount $what, whole or by subPath', ({ whole }) => {
    const keys = ['app.conf', 'conf.d/app.conf'];
    const users = keys.flatMap((key) => [
      bySubPath(whole, key),
      bySubPath(whole, key, { outdated: true }),
    ]);
    expect(users.map((user) => volumeRoot(toVolume(user)))).toEqual(users.map(() => whole.root));
    expect(volumeRoot(toVolume(whole))).toBe(whole.root);
  });

  it('is the old place for a volume that was torn down', () => {
    const gone = { ...configMap, root: `${configMap.root}//deleted` };
    expect(volumeRoot(toVolume(gone))).toBe(configMap.root);
  });
});

describe('mayBeSecret', () => {
  it.each([
    { what: 'a ConfigMap', mount: { path: '/x', volume: toVolume(configMap) }, secret: false },
    { what: 'a tmpfs', mount: { path: '/x', volume: toVolume(secret) }, secret: true },
    { what: 'any other volume', mount: { path: '/x', volume: toVolume(emptyDir) }, secret: true },
    { what: 'a path of no known volume', mount: { path: '/x' }, secret: true },
  ])('$what: $secret', ({ mount, secret: expected }) => {
    expect(mayBeSecret(mount)).toBe(expected);
  });
});

describe('mergeMounts', () => {
  const volume = toVolume(configMap);
  const a = { path: '/etc/app', only: ['a.conf'], volume };
  const b = { path: '/etc/app', only: ['b.conf'], volume };
  const whole = { path: '/etc/app', volume };
  const other = { path: '/etc/tls', only: ['ca.crt'] };

  it.each([
    {
      what: 'files of one volume',
      mounts: [a, b],
      merged: [{ ...whole, only: ['a.conf', 'b.conf'] }],
    },
    { what: 'a file and its volume', mounts: [a, whole], merged: [whole] },
    { what: 'a path that is named twice', mounts: [whole, whole], merged: [whole] },
    { what: 'different volumes', mounts: [a, other], merged: [a, other] },
    { what: 'nothing', mounts: [], merged: [] },
  ])('makes the mounts of $what', ({ mounts, merged }) => {
    expect(mergeMounts(mounts)).toEqual(merged);
  });
});
