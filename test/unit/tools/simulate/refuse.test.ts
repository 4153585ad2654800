import { describe, expect, it } from 'vitest';
import { hasKubeletVolume } from '../../../../src/sidecar/mount/discover.ts';
import { isWithin, refuseKubeletVolume } from '../../../../src/tools/simulate/refuse.ts';
import { configMapMount, tmpfsMount } from '../../../support/process-builder.ts';

const configMap = configMapMount('cfg');
const emptyDir = { ...configMap, root: configMap.root.replace('~configmap', '~empty-dir') };
const container = { ...configMap, root: '/', mountPoint: '/' };

describe('a volume of a real kubelet', () => {
  it.each([
    ['in a container', '/etc/cfg', [container, configMap]],
    ['in a container, below the mount', '/etc/cfg/sub', [configMap, container]],
    ['on the node', '/var/lib/kubelet/pods/u/volumes/kubernetes.io~secret/tls', [container]],
  ])('is refused %s', (_, root, entries) => {
    expect(() => refuseKubeletVolume(root, entries, hasKubeletVolume)).toThrow(
      `${root} is a volume of a real kubelet`,
    );
  });

  it.each([
    ['an emptyDir', '/etc/cfg', [container, emptyDir]],
    [
      'an emptyDir within such a volume',
      '/etc/cfg/x',
      [configMap, { ...emptyDir, mountPoint: '/etc/cfg/x' }],
    ],
    ['a directory on tmpfs', '/tmp/config', [tmpfsMount(57, '/tmp')]],
    ['a directory beside it', '/etc/cfg2', [container, configMap]],
    ['any other directory', '/srv/config', [container]],
  ])('is not taken for %s', (_, root, entries) => {
    expect(() => refuseKubeletVolume(root, entries, hasKubeletVolume)).not.toThrow();
  });
});

describe('isWithin', () => {
  it.each([
    ['/a/b', '/a', true],
    ['/a', '/a', true],
    ['/a', '/', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
  ])('%s in %s: %s', (path, directory, expected) => {
    expect(isWithin(path, directory)).toBe(expected);
  });
});
