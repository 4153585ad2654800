import { describe, expect, it } from 'vitest';
import { patiently } from '../../../src/kubernetes/patiently.ts';
import type { KubeProblem } from '../../../src/kubernetes/problem.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { buildProblem } from '../../support/problem-builder.ts';

/** Work that fails with each of these, and then succeeds. */
function failing(...errors: Error[]): () => Promise<string> {
  return async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
}

function setUp() {
  const told: (string | undefined)[] = [];
  const clock = createManualClock();
  const stop = new AbortController();
  const onProblem = (problem: KubeProblem | undefined): void => void told.push(problem?.kind);
  return { told, clock, stop, patience: { clock, random: () => 1, onProblem } };
}

describe('patience', () => {
  it('tries until it works, with growing pauses, and tells each failure and the success', async () => {
    const { told, clock, stop, patience } = setUp();
    const work = failing(buildProblem('unreachable'), buildProblem('forbidden'));
    const result = patiently(work, patience, stop.signal);
    await clock.advance(500);
    expect(told).toEqual(['unreachable', 'forbidden']);
    await clock.advance(20_000);
    expect(await result).toBe('done');
    expect(told).toEqual(['unreachable', 'forbidden', undefined]);
  });

  it('does not wait longer for what an API server refuses that was away for long', async () => {
    const { clock, stop, patience } = setUp();
    const away = Array.from({ length: 12 }, () => buildProblem('unreachable'));
    const result = patiently(failing(...away, buildProblem('forbidden')), patience, stop.signal);
    let isDone = false;
    void result.then(() => (isDone = true));
    await clock.advance(500 * (2 ** 6 - 1) + 6 * 30_000);
    await clock.advance(9_999);
    expect(isDone).toBe(false);
    await clock.advance(1);
    expect(isDone).toBe(true);
  });

  it('ends when asked to', async () => {
    const { clock, stop, patience } = setUp();
    const result = patiently(failing(buildProblem('forbidden')), patience, stop.signal);
    await clock.advance(1);
    stop.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    expect(clock.sleeping()).toBe(0);
  });

  it('has none with a bug', async () => {
    const { told, stop, patience } = setUp();
    await expect(patiently(failing(new TypeError('bug')), patience, stop.signal)).rejects.toThrow(
      TypeError,
    );
    expect(told).toEqual([]);
  });
});
