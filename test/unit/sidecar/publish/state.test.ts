import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatState,
  lastGoodBeside,
  nothingPublished,
  parseState,
  type PublishState,
} from '../../../../src/sidecar/publish/state.ts';

const good = { hash: 'a', mounts: { '/etc/app': 'b' }, proved: true };

describe('what is remembered of what is published', () => {
  it('is the same when it is read again', () => {
    const state: PublishState = {
      generations: { '..2026_01_02_03_04_05.1': good },
      refused: { hash: 'c', reason: 'it died' },
      refusedNext: { hash: 'd', reason: 'unverified: it answers 500' },
      files: ['app.conf'],
    };
    expect(parseState(formatState(state))).toEqual(state);
  });

  it('is nothing where it is damaged or not ours, and never an error', () => {
    for (const text of ['', '{', '[]', 'null', '{"format":2,"generations":{}}']) {
      expect(parseState(text)).toEqual(nothingPublished);
    }
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(Object.keys(parseState(text))).toEqual([
          'generations',
          'refused',
          'refusedNext',
          'files',
        ]);
      }),
    );
  });

  it('leaves out what is no generation', () => {
    const text = JSON.stringify({ format: 1, generations: { one: good, other: { hash: 1 } } });
    expect(parseState(text).generations).toEqual({ one: good });
  });

  it('tells the newest proved generation beside the one that is shown', () => {
    const generations = {
      '..2026_01_02_03_04_05.1': good,
      '..2026_01_02_03_04_06.1': good,
      '..2026_01_02_03_04_07.1': { ...good, proved: false },
    };
    const state = { ...nothingPublished, generations };
    expect(lastGoodBeside(state, '..2026_01_02_03_04_07.1')).toBe('..2026_01_02_03_04_06.1');
    expect(lastGoodBeside(state, '..2026_01_02_03_04_06.1')).toBe('..2026_01_02_03_04_05.1');
    expect(lastGoodBeside(nothingPublished, 'any')).toBeUndefined();
  });

  it('has as the last good one what is stable before what was only tried', () => {
    const generations = {
      '..2026_01_02_03_04_05.1': good,
      '..2026_01_02_03_04_06.1': { ...good, isNext: true },
      '..2026_01_02_03_04_07.1': { ...good, proved: false, isNext: true },
    };
    const state = { ...nothingPublished, generations };
    const [stable, next, newest] = Object.keys(generations);
    expect(lastGoodBeside(state, newest ?? '')).toBe(stable);
    expect(lastGoodBeside(state, next ?? '')).toBe(stable);
    expect(lastGoodBeside(state, stable ?? '')).toBe(next);
    expect(parseState(formatState(state))).toEqual(state);
  });
});
