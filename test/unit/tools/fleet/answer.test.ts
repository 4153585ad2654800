import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../../../../src/tools/fleet/answer.ts';

const times = { started: '2026-11-30T12:00:00.000Z', time: '2026-11-30T12:01:00.000Z' };

const parse = (rules: object): ReturnType<typeof parseAnswer> =>
  parseAnswer(JSON.stringify({ version: '1', ...times, rules }));

describe('what a sidecar says of itself', () => {
  it('is read with its hashes, its times and its last decisions', () => {
    const mount = {
      path: '/etc/app',
      volume: { kind: 'configmap', name: 'config' },
      hash: 'abc',
      swapped: times.time,
      keys: { 'a.conf': 'x' },
    };
    const decisions = [
      { outcome: 'invalid', time: times.time },
      { outcome: 'reloaded', time: times.started },
    ];
    const globs = { include: ['*.conf'] };
    const { nowMs, rules } = parse({
      web: {
        action: 'signal',
        state: 'pending',
        reason: 'no',
        applied: { '/etc/app': 'old' },
        mounts: [mount],
        decisions,
        globs,
      },
    });
    expect(nowMs).toBe(Date.parse(times.time));
    expect(rules).toMatchObject([
      {
        name: 'web',
        state: 'pending',
        reason: 'no',
        globs: { include: ['*.conf'], exclude: undefined },
        last: { outcome: 'invalid', timeMs: Date.parse(times.time) },
        reloadedMs: Date.parse(times.started),
        mounts: [
          {
            path: '/etc/app',
            volume: 'config',
            isKeyed: false,
            hash: 'abc',
            applied: 'old',
            keys: ['a.conf'],
          },
        ],
      },
    ]);
  });

  it('has the reason of its target, where the rule that is pending has none', () => {
    const targetProblem = { reason: 'no process', remedy: 'set REHUP_TARGET' };
    expect(parse({ a: { state: 'pending', targetProblem } }).rules[0]).toMatchObject(targetProblem);
    expect(parse({ a: { state: 'applied', targetProblem } }).rules[0]?.reason).toBeUndefined();
  });

  it.each(['{}', '[]', '"text"', '{"version":"1","rules":{}}'])('is of no rehup: %s', (text) => {
    expect(() => parseAnswer(text)).toThrow('of no rehup of this version');
  });
});
