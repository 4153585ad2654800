import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSilenceGuard, type SilenceGuard } from '../../../src/kubernetes/silence.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

const LIMIT_MS = 300_000;

function setUp(): { clock: ManualClock; guard: SilenceGuard; outer: AbortController } {
  const clock = createManualClock();
  const outer = new AbortController();
  const guard = createSilenceGuard({ clock, limitMs: LIMIT_MS, signal: outer.signal });
  return { clock, guard, outer };
}

describe('the guard against silence', () => {
  it('ends a stream that says nothing when its time is up', async () => {
    const { clock, guard } = setUp();
    await clock.advance(LIMIT_MS - 1);
    expect(guard.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(guard.signal.aborted).toBe(true);
    expect(guard.expired()).toBe(true);
    expect(clock.sleeping()).toBe(0);
  });

  it('ends a stream whose bookmarks stop coming', async () => {
    const { clock, guard } = setUp();
    await clock.advance(60_000);
    guard.heard(true);
    await clock.advance(60_000);
    guard.heard(true);
    await clock.advance(149_999);
    expect(guard.expired()).toBe(false);
    await clock.advance(1);
    expect(guard.expired()).toBe(true);
  });

  it('expects no bookmarks of a server that sends none', async () => {
    const { clock, guard } = setUp();
    guard.heard(false);
    await clock.advance(LIMIT_MS - 1);
    expect(guard.expired()).toBe(false);
  });

  it('ends a stream when its time is up, whatever it says', async () => {
    const { clock, guard } = setUp();
    for (let passedMs = 0; passedMs < LIMIT_MS; passedMs += 50_000) {
      expect(guard.expired()).toBe(false);
      guard.heard(true);
      await clock.advance(50_000);
    }
    expect(guard.expired()).toBe(true);
  });

  it.each([
    ['the outer signal', ({ outer }: ReturnType<typeof setUp>) => outer.abort()],
    ['disposal', ({ guard }: ReturnType<typeof setUp>) => guard[Symbol.dispose]()],
  ])('ends with %s, which is no silence, and leaves nothing behind', async (_, end) => {
    const scene = setUp();
    end(scene);
    await scene.clock.advance(0);
    expect(scene.guard.signal.aborted).toBe(true);
    expect(scene.guard.expired()).toBe(false);
    expect(scene.clock.sleeping()).toBe(0);
    expect(getEventListeners(scene.outer.signal, 'abort')).toEqual([]);
  });
});
