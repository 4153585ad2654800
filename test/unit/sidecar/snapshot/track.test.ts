import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Tracked, track } from '../../../../src/sidecar/snapshot/track.ts';
import { buildSnapshot } from '../../../support/snapshot-builder.ts';

const BOOT_AT_MS = Date.UTC(2026, 10, 9);

/** Reads old content, swaps, reads new content; the wall clock may be stepped at any point. */
type Story = {
  firstReadMs: number;
  swapMs: number;
  secondReadMs: number;
  /** How far off the wall clock is at the first reading, when the swap is written, and when it is read. */
  offAtFirstMs?: number;
  offAtSwapMs: number;
  offAtReadMs: number;
};

function tell({ firstReadMs, swapMs, secondReadMs, ...off }: Story): Tracked {
  const { offAtFirstMs = 0, offAtSwapMs, offAtReadMs } = off;
  const before = track({
    before: undefined,
    snapshot: buildSnapshot({ a: 'old' }, BOOT_AT_MS),
    readAtMs: firstReadMs,
    nowMs: firstReadMs + 5,
    bootAtMs: BOOT_AT_MS + offAtFirstMs,
  });
  return track({
    before,
    snapshot: buildSnapshot({ a: 'new' }, BOOT_AT_MS + swapMs + offAtSwapMs),
    readAtMs: secondReadMs,
    nowMs: secondReadMs + 5,
    bootAtMs: BOOT_AT_MS + offAtReadMs,
  });
}

const HOUR = 3_600_000;

describe('the time since when a mount holds its content', () => {
  const moments = fc
    .tuple(fc.nat(HOUR), fc.nat(HOUR), fc.nat(HOUR))
    .map((times) => times.toSorted((one, other) => one - other));
  const step = fc.oneof(fc.constant(0), fc.integer({ min: -30 * HOUR, max: 30 * HOUR }));

  it('lies between the two readings, however the wall clock jumps', () => {
    fc.assert(
      fc.property(moments, step, step, (times, offAtSwapMs, offAtReadMs) => {
        const [firstReadMs = 0, swapMs = 0, secondReadMs = 0] = times;
        const { becameAtMs } = tell({
          firstReadMs,
          swapMs,
          secondReadMs,
          offAtSwapMs,
          offAtReadMs,
        });
        expect(becameAtMs).toBeGreaterThanOrEqual(firstReadMs);
        expect(becameAtMs).toBeLessThanOrEqual(secondReadMs + 5);
      }),
    );
  });

  it('is the time on disk where the wall clock kept going', () => {
    fc.assert(
      fc.property(moments, step, (times, offMs) => {
        const [firstReadMs = 0, swapMs = 0, secondReadMs = 0] = times;
        const off = { offAtFirstMs: offMs, offAtSwapMs: offMs, offAtReadMs: offMs };
        expect(tell({ firstReadMs, swapMs, secondReadMs, ...off }).becameAtMs).toBe(swapMs);
      }),
    );
  });

  it.each([
    { way: 'forward', offAtReadMs: 2 * HOUR, becameAtMs: 30_005 },
    { way: 'backward', offAtReadMs: -2 * HOUR, becameAtMs: 30_005 },
  ])('is that of the reading where the wall clock jumped $way after the swap', (row) => {
    const { offAtReadMs, becameAtMs } = row;
    const story = { firstReadMs: 10_000, swapMs: 20_000, secondReadMs: 30_000, offAtSwapMs: 0 };
    expect(tell({ ...story, offAtReadMs }).becameAtMs).toBe(becameAtMs);
  });

  it('is never later than now at the first reading', () => {
    const tracked = track({
      before: undefined,
      snapshot: buildSnapshot({ a: '1' }, BOOT_AT_MS + HOUR),
      readAtMs: 1000,
      nowMs: 1005,
      bootAtMs: BOOT_AT_MS,
    });
    expect(tracked.becameAtMs).toBe(1005);
  });

  it.each([
    { brings: 'equal content, which was away meanwhile', swapMs: 60_000, becameAtMs: 60_000 },
    { brings: 'nothing: there was none', swapMs: 500, becameAtMs: 500 },
  ])('follows a swap that brings $brings', ({ swapMs, becameAtMs }) => {
    const first = { bootAtMs: BOOT_AT_MS, before: undefined };
    const before = track({
      ...first,
      snapshot: buildSnapshot({ a: '1' }, BOOT_AT_MS + 500),
      readAtMs: 1000,
      nowMs: 1005,
    });
    const after = track({
      snapshot: buildSnapshot({ a: '1' }, BOOT_AT_MS + swapMs),
      before,
      readAtMs: 70_000,
      nowMs: 70_005,
      bootAtMs: BOOT_AT_MS,
    });
    expect(after).toMatchObject({ becameAtMs, readAtMs: 70_000 });
    expect(after.snapshot.swappedAtMs).toBe(BOOT_AT_MS + swapMs);
  });
});
