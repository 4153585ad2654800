import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatWaves,
  parseWaves,
  type RuleWave,
  type Verdict,
} from '../../../../src/sidecar/wave/record.ts';
import { approve, pass, reject, take } from '../../../../src/sidecar/wave/turn.ts';

type Move = { kind: 'take' | 'pass' | 'reject' | 'approve'; hash: string; me: string };

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('take', 'pass', 'reject', 'approve'),
    hash: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    me: fc.constantFrom('pod-1', 'pod-2', 'pod-3', 'pod-4', 'pod-5'),
  }),
  { maxLength: 60 },
);

function play(all: readonly Move[]): RuleWave | undefined {
  let wave: RuleWave | undefined;
  for (const { kind, hash, me } of all) {
    const who = { hash, me, at: '2026-11-22T10:00:00Z' };
    if (kind === 'take') wave = take(wave, who);
    else if (kind === 'reject') {
      wave = reject(wave, who, { outcome: 'target-died', reason: 'x'.repeat(5000) });
    } else if (wave && kind === 'pass') wave = pass(wave, me);
    else if (wave) wave = approve(wave, who, [0.1, 1]);
  }
  return wave;
}

describe('what is known of a wave', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const wave = play(all);
        const waves = new Map(wave && [['default', wave]]);
        expect(parseWaves(formatWaves(waves))).toEqual(waves);
      }),
    );
  });

  it('stays small, whatever happens', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const wave = play(all);
        return formatWaves(new Map(wave && [['default', wave]])).length < 4000;
      }),
    );
    expect.assertions(0);
  });

  it('has one verdict at most on each content', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const wave = play(all);
        const hashes = (wave?.past ?? []).map(({ hash }: Verdict) => hash);
        expect(new Set(hashes).size).toBe(hashes.length);
        expect(hashes).not.toContain(wave?.now.hash);
      }),
    );
  });

  it.each([undefined, '', 'null', '[]', '{', '{"default":1}', '{"default":{"now":{"state":"x"}}}'])(
    'is nothing where somebody has written %s',
    (text) => {
      expect(parseWaves(text)).toEqual(new Map());
    },
  );

  it('is read without trust in what anybody has written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ default: { now: value, past: [value] } });
        for (const { now } of parseWaves(text).values()) {
          expect(now.open).toBeGreaterThanOrEqual(0);
          expect(now.open).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
