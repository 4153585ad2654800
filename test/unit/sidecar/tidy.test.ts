import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTidier, type Tidier } from '../../../src/sidecar/tidy.ts';

const MEBIBYTE = 2 ** 20;

let heapBytes = 10 * MEBIBYTE;
let collections = 0;
let tidier: Tidier;

beforeEach(() => {
  vi.useFakeTimers();
  heapBytes = 10 * MEBIBYTE;
  collections = 0;
  tidier = createTidier({
    collect: () => {
      collections += 1;
      heapBytes = 7 * MEBIBYTE;
    },
    heapBytes: () => heapBytes,
  });
});

afterEach(() => {
  tidier[Symbol.dispose]();
  vi.useRealTimers();
});

describe('garbage is collected', () => {
  it('once it has been quiet for two seconds', () => {
    tidier.soon();
    vi.advanceTimersByTime(1999);
    tidier.soon();
    vi.advanceTimersByTime(1999);
    expect(collections).toBe(0);
    vi.advanceTimersByTime(1);
    expect(collections).toBe(1);
  });

  it('after a start however little it has left, and after a reload or an answer only for much', () => {
    tidier.soon();
    vi.advanceTimersByTime(2000);
    tidier.soon();
    vi.advanceTimersByTime(2000);
    expect(collections).toBe(2);
    heapBytes += MEBIBYTE / 2;
    tidier.whenWorthwhile();
    vi.advanceTimersByTime(2000);
    expect(collections).toBe(2);
    heapBytes += MEBIBYTE / 2;
    tidier.whenWorthwhile();
    vi.advanceTimersByTime(2000);
    expect(collections).toBe(3);
  });

  it('after a start that an answer has followed at once', () => {
    tidier.soon();
    vi.advanceTimersByTime(2000);
    tidier.soon();
    tidier.whenWorthwhile();
    vi.advanceTimersByTime(2000);
    expect(collections).toBe(2);
  });

  it('within ten seconds though it is never quiet', () => {
    for (let second = 0; second < 10; second += 1) {
      expect(collections).toBe(0);
      tidier.whenWorthwhile();
      vi.advanceTimersByTime(1000);
    }
    expect(collections).toBe(1);
  });

  it('no more after the end', () => {
    tidier.soon();
    tidier[Symbol.dispose]();
    vi.advanceTimersByTime(10_000);
    expect(collections).toBe(0);
  });
});
