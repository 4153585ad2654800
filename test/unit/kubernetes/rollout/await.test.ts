import { describe, expect, it } from 'vitest';
import type { LocatedWorkload } from '../../../../src/kubernetes/owner.ts';
import { KubeProblem, type ProblemKind } from '../../../../src/kubernetes/problem.ts';
import { awaitRollout, type RolloutResult } from '../../../../src/kubernetes/rollout/await.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { buildWorkload } from '../../../support/workload-builder.ts';

const signal = new AbortController().signal;

const done = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const ready = buildWorkload({ status: done });
const waiting = (updatedReplicas: number): LocatedWorkload =>
  buildWorkload({ status: { ...done, updatedReplicas } });
const failed = buildWorkload({
  status: { conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] },
});
const problem = (kind: ProblemKind): KubeProblem =>
  new KubeProblem({ kind, message: `${kind}!`, remedy: 'none' });

type Look = LocatedWorkload | KubeProblem;

type Watched = { result: RolloutResult; stages: string[]; looks: number };

/** Looks each second for 5 s, at what is given in order; the last one stays so. */
async function watch(looks: readonly Look[], isObsolete?: () => boolean): Promise<Watched> {
  const clock = createManualClock();
  const stages: string[] = [];
  let count = 0;
  const pending = awaitRollout(
    {
      read: () => {
        const look = looks[Math.min(count, looks.length - 1)];
        count += 1;
        if (look === undefined || look instanceof KubeProblem) return Promise.reject(look);
        return Promise.resolve(look);
      },
      clock,
      timeoutMs: 5000,
      lookEveryMs: 1000,
      onProgress: (stage) => stages.push(stage),
      ...(isObsolete && { isObsolete }),
    },
    signal,
  );
  await Promise.race([clock.advance(10_000), pending.catch(() => {})]);
  return { result: await pending, stages, looks: count };
}

describe('awaiting a rollout', () => {
  it('ends when it is ready, and tells each stage once', async () => {
    const { result, stages } = await watch([waiting(1), waiting(1), waiting(2), ready]);
    expect(result).toEqual({ state: 'ready' });
    expect(stages).toEqual([
      '1 of 3 new pods have been created',
      '2 of 3 new pods have been created',
    ]);
  });

  it('ends when the controller has given up', async () => {
    expect((await watch([waiting(1), failed])).result).toEqual({
      state: 'failed',
      reason:
        'the rollout of Deployment web did not become ready: its progress deadline is exceeded',
      remedy: expect.stringContaining('kubectl rollout undo deployment/web'),
    });
  });

  it('ends when the time is up, with the last stage', async () => {
    const { result, looks } = await watch([waiting(2)]);
    expect(result).toMatchObject({
      state: 'timed-out',
      reason: expect.stringContaining('2 of 3 new pods have been created'),
    });
    expect(looks).toBe(6);
  });

  it('ends when nobody has to wait any longer', async () => {
    let obsolete = false;
    const { result } = await watch([waiting(1)], () => {
      const now = obsolete;
      obsolete = true;
      return now;
    });
    expect(result).toEqual({ state: 'obsolete' });
  });

  it.each(['unreachable', 'timed-out', 'throttled', 'unauthorized'] as const)(
    'goes on where the API server is %s for a moment',
    async (kind) => {
      expect((await watch([waiting(1), problem(kind), ready])).result).toEqual({ state: 'ready' });
    },
  );

  it.each(['forbidden', 'not-found'] as const)('fails with what is %s', async (kind) => {
    await expect(watch([waiting(1), problem(kind)])).rejects.toMatchObject({ kind });
  });
});
