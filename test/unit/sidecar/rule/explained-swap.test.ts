import { describe, expect, it } from 'vitest';
import { findComeback } from '../../../../src/sidecar/rule/comeback.ts';
import { type Content, observe } from '../../../../src/sidecar/rule/content.ts';
import { createSnapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { sha256 } from '../../../support/snapshot-builder.ts';

const BOOT_AT_MS = 1_000_000;
const onlyA = (_: string, key: string): boolean => key === 'a';

type Look = { b?: string; others?: string; swapMs: number };

/** The key `a` never changes; `b` does not count; `others` is what was not opened. */
function take(before: Content | undefined, { b = '1', others = 'x', swapMs }: Look): Content {
  const keys = new Map([
    ['a', sha256('1')],
    ['b', sha256(b)],
  ]);
  const beside = { others: new Map([['c', others]]) };
  const snapshot = createSnapshot(keys, BOOT_AT_MS + swapMs, beside);
  const reading = { snapshot, readAtMs: swapMs + 5, nowMs: swapMs + 6, bootAtMs: BOOT_AT_MS };
  return observe(before, new Map([['/m', reading]]), onlyA);
}

describe('a swap after which all keys that count are as before', () => {
  const before = take(undefined, { swapMs: 100 });

  it('may have been two, where nothing else is different, either', () => {
    const next = take(before, { swapMs: 900 });
    expect(findComeback(before, next, 700)).toEqual({ away: { fromMs: 700, toMs: 900 } });
  });

  it.each([
    { what: 'another key that was read', look: { b: '2' } },
    { what: 'another key that was not opened', look: { others: 'y' } },
  ])('was for $what, where that is different', ({ look }) => {
    const next = take(before, { swapMs: 900, ...look });
    expect(findComeback(before, next, 700)).toEqual({ away: undefined });
  });

  it('is none where nothing was swapped', () => {
    expect(findComeback(before, take(before, { swapMs: 100 }), 700)).toBeUndefined();
  });
});
