import { describe, expect, it } from 'vitest';
import { parseKubernetesVersion } from '../../../../src/tools/manifest/kubernetes.ts';
import { formatPath } from '../../../../src/tools/manifest/path.ts';
import { readPod } from '../../../../src/tools/manifest/pod.ts';
import { parseQuantity } from '../../../../src/tools/manifest/resources.ts';
import { findSidecar } from '../../../../src/tools/manifest/sidecar.ts';
import { volumeName } from '../../../../src/tools/manifest/conventions.ts';

describe('a quantity', () => {
  it.each([
    ['64Mi', 64 * 2 ** 20],
    ['1Gi', 2 ** 30],
    ['128M', 128e6],
    ['100m', 0.1],
    ['0.5', 0.5],
    [2, 2],
    ['lots', undefined],
    ['64 MB', undefined],
    [undefined, undefined],
  ])('%j is %j', (raw, amount) => {
    expect(parseQuantity(raw)).toBe(amount);
  });
});

describe('a version of Kubernetes', () => {
  it.each([
    ['1.28', 28],
    ['v1.29.3', 29],
    ['1.30+', 30],
    ['v1.28.3-gke.1', 28],
  ])('%s is minor version %i', (raw, minor) => {
    expect(parseKubernetesVersion(raw)).toBe(minor);
  });

  it.each(['2.0', '28', '1', 'latest'])('is not %s', (raw) => {
    expect(() => parseKubernetesVersion(raw)).toThrow('write 1.28');
  });
});

describe('a path', () => {
  it.each([
    [['spec', 'containers', 1, 'env'], 'spec.containers[1].env'],
    [['items', 0, 'data', 'app.conf'], 'items[0].data["app.conf"]'],
    [[], ''],
  ])('%j is %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});

describe('the rehup of a pod', () => {
  it.each([
    [{ image: 'ghcr.io/rehup/rehup:0.1.0' }, true],
    [{ image: 'registry:5000/mirror/rehup-native@sha256:0123' }, true],
    [{ image: 'rehup' }, true],
    [{ image: 'example.com/rehup-app/server' }, false],
    [{ image: 'example.com/rehup/my-app' }, false],
    [{ name: 'rehup', image: 'example.com/own-build' }, true],
    [{ image: 'example.com/own-build', env: [{ name: 'REHUP_URL' }] }, true],
    [{ image: 'example.com/app', env: [{ name: 'REHUPPED' }] }, false],
  ])('is in %j: %j', (container, expected) => {
    const pod = readPod(
      {
        containers: [
          { name: 'a', image: 'b' },
          { name: 'x', ...container },
        ],
      },
      [],
      [],
    );
    expect(findSidecar(pod) !== undefined).toBe(expected);
  });

  it('is the one with the image, where several look like it', () => {
    const containers = [
      { name: 'app', image: 'app', env: [{ name: 'REHUP_X' }] },
      { name: 'reloader', image: 'ghcr.io/rehup/rehup' },
    ];
    expect(findSidecar(readPod({ containers }, [], []))?.name).toBe('reloader');
  });
});

describe('a pod that is written wrongly', () => {
  it('is read as far as it goes', () => {
    const spec = { containers: [{ env: 'x', ports: [{}], volumeMounts: {} }, 'y'], volumes: 3 };
    const { containers, volumes } = readPod(spec, [], undefined);
    expect(containers.map(({ name, mounts, variables }) => [name, mounts, variables])).toEqual([
      ['', [], []],
      ['', [], []],
    ]);
    expect(volumes).toEqual([]);
  });
});

describe('the name of a volume', () => {
  it.each([
    ['my-app', 'my-app'],
    ['my.app', 'my-app'],
    ['x'.repeat(70), 'x'.repeat(63)],
  ])('made from %s is a DNS label: %s', (object, name) => {
    expect(volumeName(object)).toBe(name);
  });
});
