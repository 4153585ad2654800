import { describe, expect, it } from 'vitest';
import { parseSources } from '../../../../src/config/parse-source.ts';
import { keptKind } from '../../../../src/sidecar/keep/kind.ts';
import type { Mount } from '../../../../src/sidecar/mount/mount.ts';

const of = (kind: 'configmap' | 'tmpfs'): Mount => ({
  path: `/etc/${kind}`,
  volume: { kind, device: '0:1', root: '/', subPath: false },
});
const configMap = of('configmap');
const none = { source: undefined, expand: undefined, render: undefined };

describe('what content is kept as', () => {
  it.each([
    { what: 'ConfigMaps alone', settings: none, mounts: [configMap], kind: 'ConfigMap' },
    { what: 'a Secret, too', settings: none, mounts: [configMap, of('tmpfs')], kind: 'Secret' },
    { what: 'anything else', settings: none, mounts: [{ path: '/data' }], kind: 'Secret' },
    {
      what: 'what is filled in',
      settings: { ...none, expand: ['*'] },
      mounts: [configMap],
      kind: 'Secret',
    },
    {
      what: 'a program',
      settings: { ...none, render: ['make'] as const },
      mounts: [configMap],
      kind: 'Secret',
    },
    {
      what: 'a ConfigMap of the API',
      settings: { ...none, source: parseSources('configmap/a') },
      mounts: [{ path: '/x' }],
      kind: 'ConfigMap',
    },
    {
      what: 'a Secret of the API',
      settings: { ...none, source: parseSources('configmap/a,secret/b') },
      mounts: [{ path: '/x' }],
      kind: 'Secret',
    },
  ])('is a $kind where it comes from $what', ({ settings, mounts, kind }) => {
    expect(keptKind(settings, mounts)).toBe(kind);
  });
});
