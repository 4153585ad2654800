import { describe, expect, it } from 'vitest';
import { toEnvironment, toJson } from '../../../../src/sidecar/exec/describe-change.ts';
import type { Change } from '../../../../src/system/diff-keys.ts';

const app: Change = { added: ['new.conf'], changed: ['app.conf', 'sub/x'], removed: ['old.conf'] };
const tls: Change = { added: [], changed: ['tls.crt'], removed: [] };
const changes = new Map([
  ['/etc/app', app],
  ['/etc/tls', tls],
]);

describe('toEnvironment', () => {
  it('lists absolute key paths, one per line', () => {
    expect(toEnvironment({ changes, hash: 'abc', targetPid: 7 })).toEqual({
      REHUP_ADDED: '/etc/app/new.conf',
      REHUP_CHANGED: '/etc/app/app.conf\n/etc/app/sub/x\n/etc/tls/tls.crt',
      REHUP_REMOVED: '/etc/app/old.conf',
      REHUP_HASH: 'abc',
      REHUP_TARGET_PID: '7',
    });
  });

  it('says nothing of a target where there is none', () => {
    expect(toEnvironment({ changes: new Map(), hash: 'abc' })).toEqual({
      REHUP_ADDED: '',
      REHUP_CHANGED: '',
      REHUP_REMOVED: '',
      REHUP_HASH: 'abc',
    });
  });

  it('ends a list that is too long for a variable with the last path that fits', () => {
    const added = Array.from({ length: 2000 }, (_, index) => `${index}-${'x'.repeat(100)}`);
    const long = new Map([['/etc/app', { added, changed: [], removed: [] }]]);
    const list = toEnvironment({ changes: long, hash: '' })['REHUP_ADDED'] ?? '';
    expect(list.length).toBeGreaterThan(90_000);
    expect(list.length).toBeLessThan(128 * 1024);
    expect(`/etc/app/${added[list.split('\n').length - 1]}`).toBe(list.split('\n').at(-1));
  });
});

describe('toJson', () => {
  it('gives the whole change, by mount, in one line', () => {
    expect(toJson({ changes, hash: 'abc', rule: 'tls' })).toBe(
      '{"rule":"tls","hash":"abc","mounts":{"/etc/app":{"added":["new.conf"],"changed":["app.conf","sub/x"],"removed":["old.conf"]},"/etc/tls":{"added":[],"changed":["tls.crt"],"removed":[]}}}\n',
    );
  });

  it('leaves out the rule where it has no name', () => {
    expect(toJson({ changes: new Map(), hash: 'abc' })).toBe('{"hash":"abc","mounts":{}}\n');
  });
});
