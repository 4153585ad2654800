import * as fc from 'fast-check';
import { hashKeys } from '../../../../src/system/content-hash.ts';
import { describe, expect, it } from 'vitest';
import { createSnapshot, hashSnapshots } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { buildSnapshot, sha256 } from '../../../support/snapshot-builder.ts';

/** Key paths as a directory may hold them: any character but NUL, line breaks among them. */
const keyPath = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('a', 'b', '\n', '/', 'ä', sha256('1')),
      fc.string({ unit: 'binary' }),
    ),
    minLength: 1,
  })
  .map((key) => key.replaceAll('\0', '_'));
const pairs = fc.uniqueArray(fc.tuple(keyPath, fc.constantFrom(sha256('1'), sha256('2'))), {
  selector: ([key]) => key,
  maxLength: 5,
});

describe('the hash of a set of keys', () => {
  it('does not depend on their order', () => {
    fc.assert(
      fc.property(pairs, fc.infiniteStream(fc.nat()), (inOrder, ranks) => {
        const shuffled = inOrder
          .map((pair) => ({ pair, rank: ranks.next().value }))
          .toSorted((one, other) => one.rank - other.rank)
          .map(({ pair }) => pair);
        expect(hashKeys(new Map(shuffled))).toBe(hashKeys(new Map(inOrder)));
      }),
    );
  });

  it('is the same for the same keys and contents alone', () => {
    fc.assert(
      fc.property(pairs, pairs, (some, others) => {
        const [one, other] = [new Map(some), new Map(others)];
        const equal =
          one.size === other.size && [...one].every(([key, hash]) => other.get(key) === hash);
        expect(hashKeys(one) === hashKeys(other)).toBe(equal);
      }),
    );
  });

  it('is not taken in by a key that imitates two', () => {
    const two = new Map([
      ['a', sha256('1')],
      ['b', sha256('2')],
    ]);
    const one = new Map([[`a ${sha256('1')}\nb`, sha256('2')]]);
    expect(hashKeys(one)).not.toBe(hashKeys(two));
  });

  it('tells contents that were exchanged between two keys', () => {
    expect(buildSnapshot({ a: '1', b: '2' }).hash).not.toBe(buildSnapshot({ a: '2', b: '1' }).hash);
  });

  it('does not depend on the time of the swap', () => {
    const { keys, hash } = buildSnapshot({ a: '1' }, 1);
    expect(createSnapshot(keys, 2).hash).toBe(hash);
  });
});

describe('the hash over several mounts', () => {
  const app = buildSnapshot({ a: '1' });
  const tls = buildSnapshot({ a: '2' });

  it('does not depend on the order of the mounts', () => {
    const forwards = new Map([
      ['/etc/app', app],
      ['/etc/tls', tls],
    ]);
    expect(hashSnapshots(new Map([...forwards].toReversed()))).toBe(hashSnapshots(forwards));
  });

  it('tells mounts that exchanged their contents', () => {
    const exchanged = new Map([
      ['/etc/app', tls],
      ['/etc/tls', app],
    ]);
    const mounts = new Map([
      ['/etc/app', app],
      ['/etc/tls', tls],
    ]);
    expect(hashSnapshots(exchanged)).not.toBe(hashSnapshots(mounts));
  });

  it('is that of the mount where there is one', () => {
    expect(hashSnapshots(new Map([['/etc/app', app]]))).toBe(app.hash);
  });

  it('tells an empty mount from none', () => {
    const empty = new Map([['/etc/app', buildSnapshot({})]]);
    expect(hashSnapshots(empty)).not.toBe(hashSnapshots(new Map()));
  });
});
