import { describe, expect, it } from 'vitest';
import { hasStayed, newestOf, observe } from '../../../../src/sidecar/rule/content.ts';
import type { Reading } from '../../../../src/sidecar/snapshot/view.ts';
import { createSnapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { buildSnapshot } from '../../../support/snapshot-builder.ts';

const BOOT_AT_MS = 1_000_000;
const everything = (): boolean => true;
const onlyA = (_: string, key: string): boolean => key === 'a';
const onlyAOfApp = (mount: string, key: string): boolean => `${mount}/${key}` === '/etc/app/a';

/** A reading of a mount that was swapped and read at these times since boot. */
function read(
  contents: Readonly<Record<string, string>>,
  swapMs: number,
  readMs = swapMs,
): Reading {
  const snapshot = buildSnapshot(contents, BOOT_AT_MS + swapMs);
  return { snapshot, readAtMs: readMs, nowMs: readMs + 1, bootAtMs: BOOT_AT_MS };
}

/** The hash over the key `a` alone, and the one over all keys. */
function hashesOf(contents: Readonly<Record<string, string>>): [hash: string, rawHash: string] {
  const { hash, rawHash } = observe(undefined, new Map([['/m', read(contents, 1)]]), onlyA);
  return [hash, rawHash];
}

describe('observe', () => {
  it('keeps what was read last of a mount that cannot be read now', () => {
    const app = read({ a: '1' }, 10);
    const tls = read({ ca: '1' }, 20);
    const both = observe(
      undefined,
      new Map([
        ['/etc/app', app],
        ['/etc/tls', tls],
      ]),
      everything,
    );
    const after = observe(both, new Map([['/etc/app', app]]), everything);
    expect(after.hash).toBe(both.hash);
    expect(after.snapshots.get('/etc/tls')).toBe(tls.snapshot);
  });

  it('takes in only the keys that count', () => {
    const view = new Map([['/etc/app', read({ a: '1', b: '1' }, 10)]]);
    const keys = observe(undefined, view, onlyAOfApp).snapshots.get('/etc/app')?.keys ?? new Map();
    expect([...keys.keys()]).toEqual(['a']);
  });

  it('moves the hash with keys that count, and the raw hash with all', () => {
    const [hash, rawHash] = hashesOf({ a: '1', b: '1' });
    expect(hashesOf({ a: '1', b: '1' })).toEqual([hash, rawHash]);
    expect(hashesOf({ a: '1', b: '2' })).toEqual([hash, expect.not.stringMatching(rawHash)]);
    expect(hashesOf({ a: '2', b: '1' })).not.toContain(hash);
  });

  it('dates a mount by its last swap, whatever that changed', () => {
    const looks = [
      read({ a: '1', b: '1' }, 100),
      read({ a: '1', b: '2' }, 200),
      read({ a: '2', b: '2' }, 300),
      read({ a: '2', b: '3' }, 400),
    ];
    const dates: unknown[] = [];
    let content: ReturnType<typeof observe> | undefined;
    for (const look of looks) {
      content = observe(content, new Map([['/m', look]]), onlyA);
      dates.push(content.tracked.get('/m')?.becameAtMs);
    }
    expect(dates).toEqual([100, 200, 300, 400]);
  });

  it('leaves the content it starts from as it was', () => {
    const first = observe(undefined, new Map([['/m', read({ a: '1' }, 1)]]), everything);
    const { hash } = first;
    observe(first, new Map([['/m', read({ a: '2' }, 2)]]), everything);
    expect(first.hash).toBe(hash);
    expect(first.snapshots.get('/m')).toEqual(buildSnapshot({ a: '1' }, BOOT_AT_MS + 1));
  });
});

describe('newestOf', () => {
  const content = observe(
    undefined,
    new Map([
      ['/old', read({ a: '1' }, 100, 500)],
      ['/new', read({ a: '1' }, 300, 500)],
      ['/mid', read({ a: '1' }, 200, 500)],
    ]),
    everything,
  );

  it.each<[readonly string[], number | undefined]>([
    [['/old'], 100],
    [['/old', '/mid'], 200],
    [['/mid', '/new', '/old'], 300],
    [[], 300],
    [['/unknown'], undefined],
  ])('of %j became its content at %s', (paths, becameAtMs) => {
    expect(newestOf(content, paths)?.becameAtMs).toBe(becameAtMs);
  });
});

describe('hasStayed', () => {
  type Look = { a?: string; others?: string; swapMs?: number; inPlace?: boolean };

  function look({ a = '1', others = 'x', swapMs = 10, inPlace = false }: Look): Reading {
    const reading = read({ a }, swapMs);
    const { keys, swappedAtMs } = reading.snapshot;
    const beside = { others: new Map([['b', others]]), inPlace };
    return { ...reading, snapshot: createSnapshot(keys, swappedAtMs, beside) };
  }

  it.each([
    { what: 'nothing', now: {}, stayed: true },
    { what: 'a key that counts', now: { a: '2' }, stayed: false },
    { what: 'the swap, with equal content', now: { swapMs: 11 }, stayed: false },
    // What was there between two swaps, nobody knows.
    {
      what: 'the swap, with another key that does not count',
      now: { swapMs: 11, others: 'y' },
      stayed: false,
    },
    {
      what: 'a file beside it, in a directory without swaps',
      now: { swapMs: 11, others: 'y', inPlace: true },
      stayed: true,
    },
    {
      what: 'the time alone, in a directory without swaps',
      now: { swapMs: 11, inPlace: true },
      stayed: false,
    },
  ])('where $what has changed: $stayed', ({ now, stayed }) => {
    const { inPlace = false } = now as Look;
    const before = observe(undefined, new Map([['/m', look({ inPlace })]]), onlyA);
    expect(hasStayed(before, new Map([['/m', look(now)]]), onlyA)).toBe(stayed);
  });

  it('is not so where a mount cannot be read now', () => {
    const before = observe(undefined, new Map([['/m', look({})]]), onlyA);
    expect(hasStayed(before, new Map(), onlyA)).toBe(false);
  });
});
