import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/kubernetes/types.ts';
import { findSidecarOf, requireSidecar } from '../../../../src/tools/ask/sidecar.ts';

function podOf(containers: readonly object[], initContainers: readonly object[] = []): Pod {
  const metadata = { name: 'app-0', namespace: 'web', uid: 'u', resourceVersion: '1' };
  return { metadata, spec: { containers, initContainers } } as unknown as Pod;
}

const app = { name: 'app', image: 'nginx:1' };

describe('the rehup of a pod', () => {
  it.each([
    ['its image', { name: 'reloader', image: 'ghcr.io/rehup/rehup:0.1.0' }],
    ['its name', { name: 'rehup', image: 'registry.internal/base:1' }],
    ['its settings', { name: 'side', image: 'x', env: [{ name: 'REHUP_SIGNAL', value: 'HUP' }] }],
    ['its command', { name: 'side', image: 'x', command: ['/usr/local/bin/rehup', 'run'] }],
  ])('is found by %s', (_, container) => {
    expect(findSidecarOf(podOf([app, container]))?.container).toBe(container.name);
  });

  it('is found as a native sidecar, and not as an init container that has ended', () => {
    const rehup = { name: 'rehup', image: 'ghcr.io/rehup/rehup:0.1.0' };
    const native = { ...rehup, restartPolicy: 'Always' };
    expect(findSidecarOf(podOf([app], [native]))?.container).toBe('rehup');
    expect(findSidecarOf(podOf([app], [rehup]))).toBeUndefined();
  });

  it('is the one that stays, where another has ended before the app started', () => {
    const once = { name: 'publish', image: 'ghcr.io/rehup/rehup:0.1.0', args: ['once'] };
    const own = { name: 'rehup', image: 'registry.internal/own-build:1' };
    for (const stays of [{ ...once, name: 'rehup', args: [] }, own]) {
      expect(findSidecarOf(podOf([app, stays], [once]))?.container).toBe('rehup');
    }
  });

  it('brings the flags of its own arguments, with variables in them, and none of its command', () => {
    const env = [{ name: 'PORT', value: '9600' }];
    const args = ['run', '--listen', ':$(PORT)', '--watch=/etc/$(UNKNOWN)', '$$(PORT)'];
    const rehup = { name: 'rehup', image: 'ghcr.io/rehup/rehup:0.1.0', args, env };
    expect(requireSidecar(podOf([app, rehup]), undefined)).toEqual({
      container: 'rehup',
      flags: ['--listen', ':9600', '--watch=/etc/$(UNKNOWN)', '$(PORT)'],
      env: { PORT: '9600' },
    });
  });

  it('is the container that somebody names', () => {
    expect(requireSidecar(podOf([app]), 'app').container).toBe('app');
    expect(() => requireSidecar(podOf([app]), 'side')).toThrow(
      'there is no container side in pod app-0 in namespace web',
    );
  });

  it('is missed with the names of those that there are', () => {
    expect(() => requireSidecar(podOf([app]), undefined)).toThrow(
      'there is no rehup in pod app-0 in namespace web; its containers: app',
    );
  });
});
