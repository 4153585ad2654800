import { describe, expect, it } from 'vitest';
import type { Mount } from '../../../../src/sidecar/mount/mount.ts';
import { type Finding, toInvalid } from '../../../../src/sidecar/validate/finding.ts';

const origin = { device: '0:1', root: '/', subPath: false };
const configMap: Mount = {
  path: '/etc/app',
  volume: { ...origin, kind: 'configmap', name: 'conf' },
};
const secret: Mount = { path: '/etc/tls', volume: { ...origin, kind: 'tmpfs' } };
const plain: Mount = { path: '/srv/app' };

const oneFinding = (mounts: readonly Mount[], more: Partial<Finding> = {}): Finding => ({
  mounts,
  key: 'app.json',
  reason: 'is wrong',
  ...more,
});

describe('toInvalid', () => {
  it('is nothing without a finding', () => {
    expect(toInvalid([])).toBeUndefined();
  });

  it.each<[mounts: Mount[], reason: string, source: string]>([
    [[configMap], '/etc/app/app.json', 'the key app.json of the ConfigMap behind the volume conf'],
    [
      [secret],
      '/etc/tls/app.json',
      'the key app.json of the Secret or projected volume at /etc/tls',
    ],
    [[plain], '/srv/app/app.json', 'the file /srv/app/app.json'],
    [[configMap, secret], 'app.json', 'the key app.json'],
    [[], 'app.json', 'the key app.json'],
  ])('names the key and its source', (mounts, path, source) => {
    expect(toInvalid([oneFinding(mounts)])).toEqual({
      outcome: 'invalid',
      reason: `${path}: is wrong`,
      remedy: `correct ${source}; until then the app keeps its old configuration`,
    });
  });

  it('names line and column where they are known', () => {
    const findings = [
      oneFinding([plain], { line: 3, column: 7 }),
      oneFinding([plain], { line: 4 }),
    ];
    expect(toInvalid(findings)?.reason).toBe(
      '/srv/app/app.json, line 3, column 7: is wrong; /srv/app/app.json, line 4: is wrong',
    );
  });

  it('shows five findings and counts the others', () => {
    const findings = Array.from({ length: 8 }, () => oneFinding([plain]));
    expect(toInvalid(findings)?.reason).toMatch(
      /^(?:\/srv\/app\/app.json: is wrong; ){5}and 3 more$/,
    );
  });
});
