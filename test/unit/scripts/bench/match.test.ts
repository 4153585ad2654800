import { describe, expect, it } from 'vitest';

import type { Arrival } from '../../../../scripts/bench/app.ts';
import { parseArrivals } from '../../../../scripts/bench/app.ts';
import { findLost, matchUpdates, type Update } from '../../../../scripts/bench/match.ts';

const ms = (milliseconds: number): bigint => BigInt(milliseconds * 1e6);

/** Generation 1 at 1 s, 2 at 2 s, and so on; each begins 1 ms before its rename. */
function buildUpdates(count: number, disturbed: readonly number[] = []): Update[] {
  return Array.from({ length: count }, (_, index) => ({
    generation: index + 1,
    beganAt: ms((index + 1) * 1000 - 1),
    renamedAt: ms((index + 1) * 1000),
    disturbed: disturbed.includes(index + 1),
  }));
}

const told = (atMs: number, generation?: number): Arrival => ({
  at: ms(atMs),
  ...(generation !== undefined && { generation }),
});

describe('matchUpdates', () => {
  it('takes the latency from the rename to the signal', () => {
    const matched = matchUpdates(buildUpdates(3), [told(1003, 1), told(2005.5, 2)]);

    expect(matched).toEqual({
      counted: 2,
      latenciesMs: [3, 5.5],
      notOne: 0,
      several: 0,
      early: 0,
      leftOut: 0,
    });
  });

  it.each([
    {
      title: 'no signal',
      arrivals: [],
      expected: { latenciesMs: [], notOne: 1, several: 0, early: 0 },
    },
    {
      title: 'two signals',
      arrivals: [told(1003, 1), told(1500, 1)],
      expected: { latenciesMs: [3], notOne: 1, several: 1, early: 0 },
    },
    {
      title: 'a signal before the rename',
      arrivals: [told(999.5, 0), told(1003, 1)],
      expected: { latenciesMs: [3], notOne: 1, early: 1 },
    },
    {
      title: 'a signal at which the old content was read',
      arrivals: [told(1003, 0)],
      expected: { latenciesMs: [], notOne: 0, early: 0 },
    },
  ])('counts $title', ({ arrivals, expected }) => {
    expect(matchUpdates(buildUpdates(2), arrivals)).toMatchObject(expected);
  });

  it('leaves out the updates on both sides of one by the kubelet', () => {
    const arrivals = [told(1003, 1), told(2003, 2), told(2500, 0), told(3003, 3), told(4003, 4)];
    const matched = matchUpdates(buildUpdates(5, [3]), arrivals);

    expect(matched).toEqual({
      counted: 2,
      latenciesMs: [3, 3],
      notOne: 0,
      several: 0,
      early: 0,
      leftOut: 2,
    });
  });
});

function lostOf(arrivals: readonly Arrival[]): number[] {
  return findLost(buildUpdates(3), arrivals, 500).map(({ generation }) => generation);
}

describe('findLost', () => {
  it('counts as seen what a later signal brought in time', () => {
    expect(lostOf([told(1003, 1), told(2003, 2), told(3003, 3)])).toEqual([]);
    expect(lostOf([told(1400, 2), told(2400, 3), told(3400, 3)])).toEqual([]);
  });

  it('finds what came too late, with old content, or not at all', () => {
    expect(lostOf([told(1501, 1), told(2003, 1)])).toEqual([1, 2, 3]);
  });

  it('does not take a signal before the rename for one of the update', () => {
    expect(lostOf([told(999, 3)])).toEqual([1, 2, 3]);
  });
});

describe('parseArrivals', () => {
  it('reads the lines of the app, and no others', () => {
    const log = 'ready\ntold 24226616790015 7\n(node:1) Warning\ntold 24226616790016 NaN\n';

    expect(parseArrivals(log)).toEqual([
      { at: 24226616790015n, generation: 7 },
      { at: 24226616790016n },
    ]);
  });
});
