import { describe, expect, it } from 'vitest';

import { judge, rows } from '../../../../scripts/bench/budgets.ts';
import { fill, formatComparison } from '../../../../scripts/bench/comparison.ts';
import { NotMeasured, type Figure } from '../../../../scripts/bench/figure.ts';
import { groups } from '../../../../scripts/bench/figures.ts';
import { formatOutcome, isOver, toOutcome } from '../../../../scripts/bench/outcome.ts';
import { measureAll } from '../../../../scripts/bench/run.ts';
import { median, quantile } from '../../../../scripts/bench/statistics.ts';

describe('a budget', () => {
  it.each([
    { value: 14.99, verdict: 'ok' },
    { value: 15, verdict: 'ok' },
    { value: 15.01, verdict: 'OVER' },
    { value: Number.NaN, verdict: 'OVER' },
  ])('of 15 MiB makes $value $verdict', ({ value, verdict }) => {
    expect(judge('memory', value)).toBe(verdict);
  });

  it('is one of exactly one figure', () => {
    const yielded = groups.flat().flatMap(({ results }) => results);

    expect(yielded.toSorted()).toEqual(Object.keys(rows).toSorted());
  });
});

describe('a line', () => {
  it('has value, budget, verdict and what was measured', () => {
    const outcome = toOutcome({ name: 'signal-median', value: 2.94159, n: 200, note: 'quiet' });

    expect(formatOutcome(outcome)).toMatch(/median +2\.9 ms +≤ 3 {2}ok {4}n 200; quiet$/);
  });

  it('says why there is no value', () => {
    const name = 'memory' as const;
    const outcome = { name, verdict: 'not measured' as const, reason: 'no cluster answers' };

    expect(formatOutcome(outcome)).toMatch(/ not measured: no cluster answers$/);
  });
});

function buildFigure(name: string, measure: Figure['measure']): Figure {
  return { name, needs: 'nothing', results: ['image', 'bundle'], measure };
}

function run(figure: Figure): ReturnType<typeof measureAll> {
  return measureAll([[figure]], { quick: true, image: 'none' }, () => {});
}

describe('measureAll', () => {
  it('goes on after a figure that fails, and reports what that one owes', async () => {
    const failing = buildFigure('failing', async function* () {
      yield { name: 'image', value: 1 };
      throw new Error('disk full');
    });
    const outcomes = await run(failing);

    expect(outcomes.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['image', 'ok'],
      ['bundle', 'FAILED'],
    ]);
    expect(outcomes.some(isOver)).toBe(true);
  });

  it('does not hold against anybody what cannot be measured here', async () => {
    const outcomes = await run(
      // oxlint-disable-next-line require-yield -- it never comes to that
      buildFigure('elsewhere', async function* () {
        throw new NotMeasured('no cluster answers');
      }),
    );

    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['not measured', 'not measured']);
    expect(outcomes.some(isOver)).toBe(false);
  });
});

describe('a quantile', () => {
  it('is a value that was measured', () => {
    const values = [5, 1, 4, 2, 3];

    expect(median(values)).toBe(3);
    expect(quantile(values, 0.99)).toBe(5);
    expect(quantile([1, 2], 0.5)).toBe(1);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('a comparison', () => {
  const measured = { p99Ms: 4, perUpdate: 1, missed: 0, early: 0, residentMiB: 40, n: 40 };

  it('fills in what the command needs to know, and leaves other braces alone', () => {
    const values = { dir: '/etc/config', pid: '7' };

    expect(fill('watch {dir} | kill {pid} ${x} {other}', values)).toBe(
      'watch /etc/config | kill 7 ${x} {other}',
    );
  });

  it('says how many times as much rehup takes, and which program failed', () => {
    const text = formatComparison([
      { program: 'rehup', medianMs: 3, anonymousMiB: 15, ...measured },
      { program: 'other', medianMs: 1.5, anonymousMiB: 2, ...measured },
      { program: 'missing', reason: 'it ended at once' },
    ]);

    expect(text).toMatch(/^other .* 2\.0 +7\.5$/m);
    expect(text).toMatch(/^missing: FAILED: it ended at once$/m);
  });
});
