import { describe, expect, it } from 'vitest';
import { type Answer, costOfWrite, createApiServer } from '../../../../scripts/fleet/api-server.ts';
import { createTimeline } from '../../../../scripts/fleet/events.ts';
import { createHand } from '../../../../scripts/fleet/hand.ts';
import { createRetryAfter } from '../../../../scripts/fleet/retry-after.ts';
import { defaultSettings } from '../../../../scripts/fleet/settings.ts';
import { createStorage } from '../../../../scripts/fleet/storage.ts';

describe('the cost of a write', () => {
  it.each([
    { watchers: 0, seats: 1, afterMs: 0 },
    { watchers: 9, seats: 1, afterMs: 0 },
    { watchers: 10, seats: 1, afterMs: 5 },
    { watchers: 20, seats: 2, afterMs: 5 },
    { watchers: 21, seats: 3, afterMs: 5 },
    { watchers: 1000, seats: 10, afterMs: 50 },
  ])('with $watchers watches is $seats seats, $afterMs ms longer', ({ watchers, ...cost }) => {
    expect(costOfWrite(watchers)).toEqual(cost);
  });
});

describe('an API server', () => {
  const limits = { seats: 2, handSize: 2, queueLength: 3, podWatchers: 0, patchLatencyMs: 0 };

  function send(count: number, given = {}): { done: number; answers: (Answer & { ms: number })[] } {
    const timeline = createTimeline();
    const settings = { ...defaultSettings, ...limits, writesPerSecond: 1, ...given };
    const server = createApiServer(timeline, createStorage(settings.writesPerSecond), settings);
    const answers: (Answer & { ms: number })[] = [];
    let done = 0;
    for (let index = 0; index < count; index += 1) {
      server.patch(
        () => (done += 1),
        (answer) => answers.push({ ...answer, ms: timeline.now() }),
      );
    }
    timeline.run();
    return { done, answers };
  }

  it('runs as many as it has seats, lets as many wait as its queues hold, and refuses the rest', () => {
    const { done, answers } = send(12);

    expect(answers.filter(({ kind }) => kind === 'throttled')).toHaveLength(4);
    expect(answers.find(({ kind }) => kind === 'throttled')).toMatchObject({ retryAfterMs: 1000 });
    expect(done).toBe(8);
  });

  it('writes one after the other', () => {
    const { answers } = send(4);

    expect(answers.map(({ ms }) => ms)).toEqual([1000, 2000, 3000, 4000]);
  });

  it('does not write what its client no longer waits for in a queue', () => {
    const { done, answers } = send(8, { clientTimeoutMs: 2500 });

    expect(answers.filter(({ kind }) => kind === 'timed-out')).toHaveLength(6);
    // Two of those had a seat already.
    expect(done).toBe(4);
  });

  it('runs a write that costs more seats than there are', () => {
    expect(send(2, { podWatchers: 1000 }).done).toBe(2);
  });
});

describe('a hand of queues', () => {
  it('fills the shortest, and serves them in turn', () => {
    const hand = createHand<string>({ handSize: 2, queueLength: 2 });
    for (const item of ['a', 'b', 'c', 'd']) hand.add(item);

    expect(hand.hasRoom()).toBe(false);
    const served = [hand.next(), hand.next(), hand.next(), hand.next()];
    expect(served).toEqual(['a', 'b', 'c', 'd']);
    expect(hand.next()).toBeUndefined();
    expect(hand.longest()).toBe(4);
  });

  it('forgets who left, once', () => {
    const hand = createHand<string>({ handSize: 1, queueLength: 1 });
    const leave = hand.add('a');
    leave();
    leave();
    hand.add('b');

    expect(hand.next()).toBe('b');
    expect(hand.next()).toBeUndefined();
    expect(hand.longest()).toBe(1);
  });
});

describe('the pause that an API server asks for', () => {
  it('doubles while refusals go on, and not sooner than after the last pause', () => {
    const refusals = [0, 1, 2, 3, 4, 5].map((second): [number, number] => [second, 20]);
    expect(after(refusals)).toEqual([1, 2, 2, 4, 4, 4]);
  });

  it('shrinks by a second when they become few', () => {
    const refusals: [number, number][] = [
      ...[0, 1, 2, 3].map((second): [number, number] => [second, 20]),
      ...[20, 30, 40].map((second): [number, number] => [second, 1]),
    ];
    expect(after(refusals)).toEqual([1, 2, 2, 4, 3, 2, 1]);
  });

  it('is never longer than 32 s', () => {
    const refusals = Array.from({ length: 300 }, (_, second): [number, number] => [second, 500]);
    expect(Math.max(...after(refusals))).toBe(32);
  });
});

/** The last pause asked for in each second in which so many were refused. */
function after(refusals: readonly [second: number, count: number][]): number[] {
  const retryAfter = createRetryAfter();
  return refusals.map(([second, count]) => {
    const pauses = Array.from({ length: count }, () => retryAfter.refuse(1000 * second));
    return pauses.at(-1) ?? Number.NaN;
  });
}
