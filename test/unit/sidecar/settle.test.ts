import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueAt, gather, type Gathering, waitingFor } from '../../../src/sidecar/settle.ts';
import type { Hint } from '../../../src/sidecar/watch/hint.ts';

type TimedHint = { hint: Hint; atMs: number };

const hint: fc.Arbitrary<Hint> = fc.record(
  {
    source: fc.constantFrom('inotify', 'poll', 'retry', 'signal', 'trigger', 'start'),
    complete: fc.boolean(),
    force: fc.boolean(),
  },
  { requiredKeys: ['source'] },
);

/** Hints in the order of their times. */
const schedule: fc.Arbitrary<TimedHint[]> = fc
  .array(fc.record({ hint, gapMs: fc.nat(3000) }), { minLength: 1, maxLength: 12 })
  .map((hints) => {
    let atMs = 500;
    return hints.map(({ hint: next, gapMs }) => {
      atMs += gapMs;
      return { hint: next, atMs };
    });
  });

const limits = fc.record({ quietMs: fc.nat(1000), maxMs: fc.nat(5000), splayMs: fc.nat(2000) });
const noSplay = { quietMs: 200, maxMs: 5000, splayMs: 0 };

/** All hints in one gathering, as while a reload is under way and nobody takes bursts. */
function gatherAll(hints: readonly TimedHint[]): Gathering {
  const gathering = hints.reduce<Gathering | undefined>(
    (before, { hint: next, atMs }) => gather(before, next, atMs),
    undefined,
  );
  if (gathering === undefined) throw new Error('a schedule holds at least one hint');
  return gathering;
}

describe('a gathering of hints', () => {
  it('is due after the quiet time of its last hint, unless that ends the update or the ceiling is reached', () => {
    fc.assert(
      fc.property(schedule, limits, (hints, { quietMs, maxMs }) => {
        const gathering = gatherAll(hints);
        const due = dueAt(gathering, { quietMs, maxMs, splayMs: 0 }, 0);
        const ceiling = gathering.firstMs + maxMs;
        expect(due).toBe(Math.min(gathering.lastMs + (gathering.complete ? 0 : quietMs), ceiling));
      }),
    );
  });

  it('is never due after the ceiling, whatever hints go on to come', () => {
    fc.assert(
      fc.property(schedule, limits, (hints, { quietMs, maxMs, splayMs }) => {
        const firstMs = hints[0]?.atMs ?? 0;
        const due = dueAt(gatherAll(hints), { quietMs, maxMs, splayMs }, 0);
        expect(due).toBeLessThanOrEqual(firstMs + maxMs + splayMs);
      }),
    );
  });

  it.each([
    ['inotify', 90],
    ['poll', 90],
    ['signal', 0],
    ['trigger', 0],
    ['start', 0],
    ['retry', 0],
  ] as const)('is due after a hint by %s with a splay of %i ms out of 90', (source, splayMs) => {
    const gathering = gather(undefined, { source, complete: true }, 1000);
    expect(dueAt(gathering, { ...noSplay, splayMs: 90 }, 0)).toBe(1000 + splayMs);
  });

  it('is never due before the last reload allows it, and then at once', () => {
    fc.assert(
      fc.property(schedule, limits, fc.nat(60_000), (hints, settle, notBeforeMs) => {
        const gathering = gatherAll(hints);
        const freely = dueAt(gathering, settle, 0);
        expect(dueAt(gathering, settle, notBeforeMs)).toBe(Math.max(freely, notBeforeMs));
      }),
    );
  });

  it('is made due earlier by no further hint, but by one that ends the update', () => {
    fc.assert(
      fc.property(schedule, limits, hint, fc.nat(3000), (hints, settle, next, laterMs) => {
        fc.pre(next.complete !== true || next.source === 'retry');
        const before = gatherAll(hints);
        const after = gather(before, next, before.lastMs + laterMs);
        expect(dueAt(after, settle, 0)).toBeGreaterThanOrEqual(dueAt(before, settle, 0));
      }),
    );
  });

  it('is not touched by a retry, which must not cut an update short', () => {
    fc.assert(
      fc.property(schedule, fc.nat(3000), (hints, laterMs) => {
        const before = gatherAll(hints);
        const retry: Hint = { source: 'retry', complete: true };
        expect(gather(before, retry, before.lastMs + laterMs)).toEqual(before);
      }),
    );
  });

  it('knows every source but a retry that came later, and forces if one hint does', () => {
    fc.assert(
      fc.property(schedule, (hints) => {
        const heard = hints.filter(
          ({ hint: { source } }, index) => index === 0 || source !== 'retry',
        );
        const { sources, force } = gatherAll(hints);
        expect(new Set(sources)).toEqual(new Set(heard.map(({ hint: { source } }) => source)));
        expect(sources).toHaveLength(new Set(sources).size);
        expect(force).toBe(heard.some(({ hint: next }) => next.force === true));
      }),
    );
  });

  it('is due at once for a retry alone', () => {
    const gathering = gather(undefined, { source: 'retry', complete: true }, 1000);
    expect(dueAt(gathering, noSplay, 0)).toBe(1000);
  });

  it('waits for silence again when the update goes on after its supposed end', () => {
    const ended = gather(undefined, { source: 'inotify', complete: true }, 1000);
    const reopened = gather(ended, { source: 'inotify' }, 1010);
    expect(dueAt(ended, noSplay, 0)).toBe(1000);
    expect(dueAt(reopened, noSplay, 0)).toBe(1210);
  });
});

describe('what a gathering of hints waits for', () => {
  const splayed = { quietMs: 200, maxMs: 5000, splayMs: 1000 };
  const swap: Gathering = gather(undefined, { source: 'inotify' }, 500);

  it.each([
    ['to settle', swap, 0, 600, { untilMs: 1700, for: 'settling' }],
    ['for its splay, once it has settled', swap, 0, 700, { untilMs: 1700, for: 'splay' }],
    [
      'for the least time since the last reload',
      swap,
      2000,
      700,
      { untilMs: 2000, for: 'min-interval' },
    ],
    ['for nothing once it is due', swap, 0, 1700, undefined],
  ] as const)('is %s', (_, gathering, notBeforeMs, nowMs, expected) => {
    expect(waitingFor(gathering, splayed, notBeforeMs, nowMs)).toEqual(expected);
  });
});
