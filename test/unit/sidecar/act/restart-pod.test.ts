import { describe, expect, it } from 'vitest';
import type { ReloadRequest } from '../../../../src/sidecar/act/action.ts';
import type { Asked } from '../../../../src/sidecar/act/restart/asked.ts';
import { createPodRestartAction } from '../../../../src/sidecar/act/restart/pod.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

type Attempt = { failure: Failure | undefined; left: number[]; asked: Asked | undefined };

const request: ReloadRequest = { changes: new Map(), hash: 'abc', targets: [] };

type Before = { agoMs?: readonly number[]; minIntervalMs?: number; keeps?: boolean };

/** One attempt of a run of rehup that finds that restarts were asked for so long ago. */
async function attempt({ agoMs, minIntervalMs = 0, keeps = true }: Before): Promise<Attempt> {
  const clock = createManualClock({ uptime: 5_000_000 });
  const left: number[] = [];
  let asked: Asked | undefined = agoMs && {
    open: false,
    timesMs: agoMs.map((ms) => clock.now() - ms),
    listeners: [],
  };
  const leaving = new AbortController();
  const action = createPodRestartAction({
    store: {
      asked: () => asked,
      ask: (next) => {
        if (keeps) asked = next;
        return keeps;
      },
    },
    leave: (_, code) => {
      left.push(code);
      leaving.abort();
    },
    clock,
    startedMs: clock.uptime(),
    timeoutMs: 1000,
    minIntervalMs,
  });
  const failure = await action.perform(request, leaving.signal).catch((error: unknown) => {
    if (leaving.signal.aborted) return undefined;
    throw error;
  });
  return { failure, left, asked };
}

describe('a restart of the pod', () => {
  it('is written down, and then asked for by the exit code', async () => {
    const { failure, left, asked } = await attempt({});
    expect({ failure, left }).toEqual({ failure: undefined, left: [88] });
    expect(asked).toMatchObject({ open: true, timesMs: [expect.any(Number)] });
  });

  it.each<[string, Before, Partial<Failure>]>([
    [
      'keeps the least time between two, over the restart',
      { agoMs: [20_000], minIntervalMs: 60_000 },
      { outcome: 'not-ready', retryAfterMs: 40_000 },
    ],
    [
      'keeps it also where that is long',
      { agoMs: [1_800_000], minIntervalMs: 3_600_000 },
      { outcome: 'not-ready', retryAfterMs: 1_800_000 },
    ],
    [
      'waits after five of them in ten minutes, until the first is over',
      { agoMs: [500_000, 400_000, 300_000, 200_000, 100_000] },
      { check: 'pod-restarts-too-often', retryAfterMs: 100_000 },
    ],
    [
      'is not asked for where that cannot be written down',
      { keeps: false },
      { check: 'state-directory-not-writable' },
    ],
  ])('%s', async (_, before, expected) => {
    const { failure, left } = await attempt(before);
    expect(failure).toMatchObject(expected);
    expect(left).toEqual([]);
  });

  it.each<[string, readonly number[]]>([
    ['a clock that was set back', [-3_600_000, -1, -2, -3, -4]],
    ['what was longer ago', [900_000, 800_000, 700_000, 650_000, 610_000]],
  ])('is not held back by %s', async (_, agoMs) => {
    expect((await attempt({ agoMs, minIntervalMs: 60_000 })).left).toEqual([88]);
  });
});
