// Loaded before rehup: a wall clock that steps. There is no namespace for it, and it cannot be set
// for one process; so its readings are shifted here, and with them the times on disk that were taken
// from it: what was written before a step keeps the time of before.
//
// The file at CHAOS_CLOCK holds one line per step: when it was made, by the machine's clock, and the
// offset from then on, both in milliseconds.
import fs, { type BigIntStats, type Stats } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const path = process.env['CHAOS_CLOCK'] ?? '';
const { readFileSync, lstatSync, statSync, fstatSync } = fs;
const realNow = Date.now.bind(Date);

type Step = readonly [atMs: number, offsetMs: number];
let steps: Step[] = [];

function offsetAt(ms: number): number {
  try {
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    steps = lines.map((line) => line.split(' ').map(Number) as unknown as Step);
  } catch {
    // No descriptor is left: what was read last is the best there is.
  }
  return steps.findLast(([atMs]) => atMs <= ms)?.[1] ?? 0;
}

function shift<Result extends Stats | BigIntStats | undefined>(stats: Result): Result {
  if (stats === undefined) return stats;
  const offset = offsetAt(Number(stats.ctimeMs));
  const fields =
    'ctimeNs' in stats
      ? {
          ctimeMs: stats.ctimeMs + BigInt(offset),
          ctimeNs: stats.ctimeNs + BigInt(offset) * 1_000_000n,
        }
      : { ctimeMs: stats.ctimeMs + offset };
  return Object.assign(stats, fields);
}

type Look = (...args: never[]) => Stats | BigIntStats | undefined;

function wrap<Function extends Look>(look: Function): Function {
  return ((...args) => shift(look(...args))) as Function;
}

Object.assign(fs, {
  lstatSync: wrap(lstatSync as Look),
  statSync: wrap(statSync as Look),
  fstatSync: wrap(fstatSync as Look),
});
syncBuiltinESMExports();
Date.now = () => {
  const now = realNow();
  return now + offsetAt(now);
};
