// A soak that goes wrong is said to have gone wrong.
import { describe, expect, it } from 'vitest';
import { findViolations, type SoakRecord } from '../../soak/judge.ts';

const rest = {
  kib: 20_000,
  bytes: 10_000_000,
  descriptors: ['socket'],
  watches: ['watch'],
  resources: ['Timeout'],
};

const good: SoakRecord = {
  updates: 10,
  loads: 2,
  reloads: ['one', 'two'],
  reloadsCounted: 2,
  rests: [{ ...rest, kib: 1 }, rest, rest, { ...rest, kib: rest.kib + 2048 }],
  complaints: [],
  failures: [],
};

const atTheEnd = (more: Partial<typeof rest>): Partial<SoakRecord> => ({
  rests: [rest, rest, rest, { ...rest, ...more }],
});

describe('a soak', () => {
  it('is good where all holds', () => {
    expect(findViolations(good)).toEqual([]);
  });

  it.for<[string, Partial<SoakRecord>]>([
    ['rehup ended: 70', { failures: ['rehup ended: 70'] }],
    ['complaint: {"level":"warn"}', { complaints: ['{"level":"warn"}'] }],
    ['2 signals for 1 updates', { updates: 1 }],
    ['a reload for what was applied already: one', { reloads: ['one', 'one'] }],
    ['3 reloads by the app, 2 by the log, 2 by /metrics', { loads: 3 }],
    ['2 reloads by the app, 2 by the log, NaN by /metrics', { reloadsCounted: Number.NaN }],
    [
      'open files: socket halfway, 2 × socket at the end',
      atTheEnd({ descriptors: ['socket', 'socket'] }),
    ],
    [
      'timers and handles: Timeout halfway, 2 × Timeout at the end',
      atTheEnd({ resources: ['Timeout', 'Timeout'] }),
    ],
    ['inotify watches: watch halfway, none at the end', atTheEnd({ watches: [] })],
    ['anonymous memory grew by 2049 KiB, of 2048 KiB allowed', atTheEnd({ kib: rest.kib + 2049 })],
    [
      'objects and buffers grew by 1953 KiB, of 1024 KiB allowed',
      atTheEnd({ bytes: rest.bytes + 2_000_000 }),
    ],
  ])('is bad: %s', ([violation, more]) => {
    expect(findViolations({ ...good, ...more })).toEqual([violation]);
  });
});
