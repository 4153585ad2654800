import { describe, expect, it } from 'vitest';
import { type Look, pollUntilSeen } from '../../../../src/sidecar/verify/poll.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';

const NO_SIGNAL = new AbortController().signal;

/** Sees the new content at the look with this number; keeps when it looked, and how long it had. */
function createLook(
  clock: ManualClock,
  seenAt: number,
): { look: Look; at: number[]; left: number[] } {
  const at: number[] = [];
  const left: number[] = [];
  const startMs = clock.elapsed();
  const look: Look = (timeoutMs) => {
    at.push(clock.elapsed() - startMs);
    left.push(timeoutMs);
    const isSeen = at.length >= seenAt;
    return Promise.resolve(isSeen ? undefined : { reason: `old (${at.length})`, remedy: 'wait' });
  };
  return { look, at, left };
}

describe('pollUntilSeen', () => {
  it('looks at once', async () => {
    const clock = createManualClock();
    const { look, at } = createLook(clock, 1);
    expect(await pollUntilSeen(look, 30_000, clock, NO_SIGNAL)).toBeUndefined();
    expect(at).toEqual([0]);
  });

  it('looks less and less often, every 2 s at last', async () => {
    const clock = createManualClock();
    const { look, at } = createLook(clock, 7);
    const result = pollUntilSeen(look, 30_000, clock, NO_SIGNAL);
    await clock.advance(30_000);
    expect(await result).toBeUndefined();
    expect(at).toEqual([0, 500, 1250, 2375, 4062.5, 6062.5, 8062.5]);
  });

  it('gives up at the time-out, after a last look, and says what it saw then', async () => {
    const clock = createManualClock();
    const { look, at, left } = createLook(clock, Infinity);
    const result = pollUntilSeen(look, 4000, clock, NO_SIGNAL);
    await clock.advance(60_000);
    expect(await result).toEqual({
      outcome: 'unverified',
      reason: 'the new content was not seen in the app within 4000 ms (5 looks): at last, old (5)',
      remedy: 'wait; raise REHUP_VERIFY_TIMEOUT if the app takes this long',
    });
    expect(at).toEqual([0, 500, 1250, 2375, 4000]);
    // A last look has the time to see something.
    expect(left).toEqual([4000, 3500, 2750, 2000, 2000]);
  });

  it('stops when it is told to', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const { look } = createLook(clock, Infinity);
    const result = pollUntilSeen(look, 1000, clock, stop.signal);
    await clock.advance(0);
    stop.abort();
    await expect(result).rejects.toThrow('aborted');
    expect(clock.sleeping()).toBe(0);
  });
});
