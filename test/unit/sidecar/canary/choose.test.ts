import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePercent } from '../../../../src/config/canary.ts';
import { choose, type Situation } from '../../../../src/sidecar/canary/choose.ts';
import type { Percent } from '../../../../src/sidecar/canary/percent.ts';

/** All speaks for the next content. */
const open: Situation = {
  place: 20,
  hasNext: true,
  percent: 30,
  hasGood: true,
  refused: undefined,
};

const percents: fc.Arbitrary<Percent> = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.constantFrom<Percent>('missing', 'invalid'),
);
const situations: fc.Arbitrary<Situation> = fc.record({
  place: fc.double({ min: 0, max: 100, maxExcluded: true, noNaN: true }),
  hasNext: fc.boolean(),
  percent: percents,
  hasGood: fc.boolean(),
  refused: fc.option(fc.constant('held: a.json'), { nil: undefined }),
});

describe('the choice between stable and next', () => {
  it.each<[string, Partial<Situation>, string, string]>([
    ['the place is below', {}, 'next', 'chosen'],
    ['the place is just that', { place: 30 }, 'stable', 'not-chosen'],
    ['it is for nobody', { place: 0, percent: 0 }, 'stable', 'not-chosen'],
    ['it is for everybody', { place: 99.999, percent: 100 }, 'next', 'chosen'],
    ['there is none', { hasNext: false, percent: 'missing' }, 'stable', 'no-next'],
    ['nothing says for whom it is', { percent: 'missing' }, 'stable', 'no-percent'],
    ['what says for whom it is says nothing', { percent: 'invalid' }, 'stable', 'bad-percent'],
    ['it was refused', { refused: 'held: a.json' }, 'stable', 'refused'],
    ['nothing is there to go back to', { hasGood: false }, 'stable', 'first'],
  ])('where %s', (_, parts, source, why) => {
    const choice = choose({ ...open, ...parts });
    expect(choice).toMatchObject({ source, why });
    expect(choice.reason).not.toBe('');
  });

  it('only adds pods where the percentage is raised', () => {
    fc.assert(
      fc.property(situations, fc.double({ min: 0, max: 100, noNaN: true }), (situation, more) => {
        const { percent } = situation;
        fc.pre(typeof percent === 'number' && more >= percent);
        const [before, after] = [choose(situation), choose({ ...situation, percent: more })];
        expect(before.source === 'stable' || after.source === 'next').toBe(true);
      }),
    );
  });

  it('is never next without a place below, content, a way back, and nothing against it', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { place, hasNext, percent, hasGood, refused } = situation;
        const isNext = choose(situation).source === 'next';
        const isBelow = typeof percent === 'number' && place < percent;
        expect(isNext).toBe(isBelow && hasNext && hasGood && refused === undefined);
      }),
    );
  });
});

describe('a percentage', () => {
  it.each([
    ['30', 30],
    ['0', 0],
    ['100', 100],
    ['100%', 100],
    [' 12.5 %\n', 12.5],
    ['007', 7],
    ['0.01', 0.01],
  ])('is read of %j', (text, percent) => {
    expect(parsePercent(text)).toBe(percent);
  });

  it.each(['', '-1', '101', '100.1', '1e1', '0x10', 'all', '30 pods', '30%%', '.5', '٣٠', 'NaN'])(
    'is none in %j',
    (text) => {
      expect(parsePercent(text)).toBeUndefined();
    },
  );

  it('is none, or from 0 to 100, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.float().map(String)), (text) => {
        const percent = parsePercent(text);
        expect(percent === undefined || (percent >= 0 && percent <= 100)).toBe(true);
      }),
    );
  });
});
