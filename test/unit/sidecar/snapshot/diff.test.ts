import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffSnapshots, filterChanges } from '../../../../src/sidecar/snapshot/diff.ts';
import { type Change, diffKeys, isEmpty } from '../../../../src/system/diff-keys.ts';
import type { Snapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { buildSnapshot } from '../../../support/snapshot-builder.ts';

/** Few names and few contents, so that two of these have much in common. */
const name = fc.constantFrom('a', 'b', 'conf.d/a', 'conf.d/b', '.env', '__proto__', 'ä\n');
const keys = fc
  .array(fc.tuple(name, fc.constantFrom('1', '2', '3')))
  .map((pairs): ReadonlyMap<string, string> => new Map(pairs));

/** The change carried out; new contents are taken from the target. */
function applyChange(
  before: ReadonlyMap<string, string>,
  { added, changed, removed }: Change,
  target: ReadonlyMap<string, string>,
): Map<string, string> {
  const kept = [...before].filter(([key]) => !removed.includes(key));
  const written = [...added, ...changed].map((key) => [key, target.get(key) ?? ''] as const);
  return new Map([...kept, ...written]);
}

describe('diffKeys', () => {
  it('leads from what was there to what is there now', () => {
    fc.assert(
      fc.property(keys, keys, (before, after) => {
        expect(applyChange(before, diffKeys(before, after), after)).toEqual(after);
      }),
    );
  });

  it('finds nothing between equals, and something between all others', () => {
    fc.assert(
      fc.property(keys, keys, (before, after) => {
        expect(isEmpty(diffKeys(before, new Map(before)))).toBe(true);
        const equal =
          before.size === after.size && [...before].every(([key, hash]) => after.get(key) === hash);
        expect(isEmpty(diffKeys(before, after))).toBe(equal);
      }),
    );
  });

  it('names each key once, in order', () => {
    fc.assert(
      fc.property(keys, keys, (before, after) => {
        const { added, changed, removed } = diffKeys(before, after);
        const all = [...added, ...changed, ...removed];
        expect(new Set(all).size).toBe(all.length);
        for (const list of [added, changed, removed]) expect(list).toEqual(list.toSorted());
      }),
    );
  });

  it('is the same backwards, with added and removed exchanged', () => {
    fc.assert(
      fc.property(keys, keys, (before, after) => {
        const { added, changed, removed } = diffKeys(before, after);
        expect(diffKeys(after, before)).toEqual({ added: removed, changed, removed: added });
      }),
    );
  });
});

describe('diffSnapshots', () => {
  const none: ReadonlyMap<string, Snapshot> = new Map();

  it('lists only the mounts that differ', () => {
    const same = buildSnapshot({ ca: 'x' }, 1);
    const before = new Map([
      ['/etc/app', buildSnapshot({ a: '1', b: '1', c: '1' })],
      ['/etc/tls', same],
    ]);
    const after = new Map([
      ['/etc/app', buildSnapshot({ b: '2', c: '1', d: '1' })],
      ['/etc/tls', buildSnapshot({ ca: 'x' }, 2)],
    ]);
    const change = { added: ['d'], changed: ['b'], removed: ['a'] };
    expect(diffSnapshots(before, after)).toEqual(new Map([['/etc/app', change]]));
  });

  it('takes a mount that appears or goes as all of its keys', () => {
    const mounts = new Map([
      ['/etc/app', buildSnapshot({ b: '1', a: '1' })],
      ['/etc/empty', buildSnapshot({})],
    ]);
    const change = { added: [], changed: [], removed: [] };
    expect(diffSnapshots(none, mounts)).toEqual(
      new Map([['/etc/app', { ...change, added: ['a', 'b'] }]]),
    );
    expect(diffSnapshots(mounts, none)).toEqual(
      new Map([['/etc/app', { ...change, removed: ['a', 'b'] }]]),
    );
  });
});

describe('filterChanges', () => {
  const changes = new Map([
    ['/etc/app', { added: ['a.yaml'], changed: ['b.txt'], removed: ['c.yaml'] }],
    ['/etc/tls', { added: [], changed: ['ca.crt'], removed: [] }],
  ]);

  it('keeps the keys that count, and no mount without any', () => {
    const filtered = filterChanges(changes, (_, key) => key.endsWith('.yaml'));
    const change = { added: ['a.yaml'], changed: [], removed: ['c.yaml'] };
    expect(filtered).toEqual(new Map([['/etc/app', change]]));
  });

  it('asks with the mount of each key', () => {
    const filtered = filterChanges(changes, (mount) => mount === '/etc/tls');
    expect([...filtered.keys()]).toEqual(['/etc/tls']);
  });
});
