import { describe, expect, it } from 'vitest';
import type { LocatedWorkload } from '../../../src/kubernetes/owner.ts';
import type { RolloutResult } from '../../../src/kubernetes/rollout/await.ts';
import { awaitLastingRollout } from '../../../src/kubernetes/rollout/await-lasting.ts';
import { createManualClock } from '../../support/manual-clock.ts';

/** A DaemonSet of one pod, which is available or not. */
function workload(available: boolean): LocatedWorkload {
  const status = {
    desiredNumberScheduled: 1,
    updatedNumberScheduled: 1,
    numberAvailable: available ? 1 : 0,
  };
  const metadata = { name: 'app', uid: '1', resourceVersion: '1' };
  const resource = { group: 'apps', version: 'v1', resource: 'daemonsets' };
  return { kind: 'DaemonSet', resource, workload: { metadata, spec: {}, status } } as never;
}

type Waited = { result: RolloutResult; stages: string[]; tookMs: number };

/** Waits for pods that are available at these times, in milliseconds. */
async function wait(isAvailable: (afterMs: number) => boolean, surviveMs: number): Promise<Waited> {
  const clock = createManualClock();
  const startMs = clock.elapsed();
  const stages: string[] = [];
  let tookMs = Number.NaN;
  const waiting = awaitLastingRollout(
    {
      read: () => Promise.resolve(workload(isAvailable(clock.elapsed() - startMs))),
      clock,
      timeoutMs: 60_000,
      lookEveryMs: 1000,
      surviveMs,
      what: 'DaemonSet app',
      onProgress: (stage) => stages.push(stage),
    },
    new AbortController().signal,
  ).finally(() => {
    tookMs = clock.elapsed() - startMs;
  });
  await clock.advance(200_000);
  return { result: await waiting, stages, tookMs };
}

describe('a rollout that is waited for', () => {
  it('is done once it has stayed ready', async () => {
    const { result, tookMs } = await wait((ms) => ms >= 3000, 10_000);
    expect(result).toEqual({ state: 'ready' });
    expect(tookMs).toBe(13_000);
  });

  it('is not done where its pods end at once, again and again', async () => {
    const { result, stages } = await wait((ms) => ms % 8000 < 3000, 10_000);
    expect(result).toMatchObject({
      state: 'timed-out',
      reason: expect.stringMatching(/did not (?:stay so|become ready)/),
    });
    expect(stages).toContain('it was ready, and is not any more');
  });

  it('is done as soon as it is ready, if that is what is asked for', async () => {
    expect(await wait((ms) => ms % 8000 < 3000, 0)).toMatchObject({
      result: { state: 'ready' },
      tookMs: 0,
    });
  });
});
