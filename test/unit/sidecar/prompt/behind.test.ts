import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedAt, objectsBehind } from '../../../../src/sidecar/prompt/behind.ts';
import type { ObjectChange } from '../../../../src/kubernetes/watched-object.ts';
import type { Mount, Volume } from '../../../../src/sidecar/mount/mount.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';

const source = { kind: 'ConfigMap', name: 'app' } as const;

function change(kind: ObjectChange['kind'], movedAtMs: number): ObjectChange {
  return { source, kind, resourceVersion: '7', movedAtMs };
}

describe('where a changed object is awaited', () => {
  it.each([
    // A whole second of the API server may lie up to one second after the time it stands for.
    ['seen', 'two seconds before the swap', -2000, []],
    ['seen', 'perhaps in the second of the swap', -500, [{ doubtful: true }]],
    ['seen', 'after the swap', 1, [{ doubtful: false }]],
    ['seen', 'after the swap, so long ago that the kubelet was there', -100_000, []],
    ['moved', 'whenever', -2000, [{ doubtful: false }]],
    ['deleted', 'whenever', 1, []],
  ] as const)('that was %s, written %s', async (kind, _, sinceSwapMs, expected) => {
    await using volume = await createKubeletVolume();
    await volume.write({ conf: 'one' });
    const mount = { path: volume.root };
    const swappedAtMs = lstatSync(join(volume.root, '..data')).ctimeMs;
    const movedAtMs = swappedAtMs + sinceSwapMs;
    const found = expectedAt({ source, mounts: [mount] }, change(kind, movedAtMs), swappedAtMs);
    expect(found).toEqual(
      expected.map((more) => ({ mount, source, resourceVersion: '7', movedAtMs, ...more })),
    );
  });

  it('is nowhere if it was written long ago, or the mount cannot be looked at', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ conf: 'one' });
    const nowMs = Date.now() + 200_000;
    const behind = { source, mounts: [{ path: volume.root }, { path: '/missing' }] };
    expect(expectedAt(behind, change('seen', nowMs - 100_000), nowMs)).toEqual([]);
    expect(expectedAt(behind, change('seen', nowMs - 1000), nowMs)).toMatchObject([
      { mount: { path: volume.root }, doubtful: false },
    ]);
  });

  it('is every mount that it is behind', () => {
    const mounts = [{ path: '/etc/a' }, { path: '/etc/b' }];
    const found = expectedAt({ source, mounts }, change('moved', 0), 0);
    expect(found.map(({ mount }) => mount)).toEqual(mounts);
  });
});

describe('the objects behind the mounts', () => {
  const volume: Volume = { kind: 'configmap', device: '8:1', root: '/x', subPath: false };
  const spec = {
    containers: [{ name: 'rehup' }],
    volumes: [
      { name: 'one', configMap: { name: 'app' } },
      { name: 'two', configMap: { name: 'app' } },
      { name: 'tls', secret: { secretName: 'tls' } },
    ],
  };

  it('are each there once, with all their mounts, but for those by subPath', () => {
    const mounts: Mount[] = [
      { path: '/etc/one', volume: { ...volume, name: 'one' } },
      { path: '/etc/two', volume: { ...volume, name: 'two' } },
      { path: '/etc/tls', volume: { ...volume, name: 'tls', subPath: true } },
    ];
    expect(objectsBehind(spec, mounts, (path) => path)).toEqual([
      { source, mounts: mounts.slice(0, 2) },
    ]);
  });
});
