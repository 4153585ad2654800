import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../src/sidecar/act/action.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import {
  buildApp,
  createFailedScene,
  createRuleScene,
  createSettledScene,
  fail,
} from '../../../support/rule-scene.ts';

describe('a reload that failed', () => {
  it('is told with its cause, its remedy and the time of the next attempt', async () => {
    const scene = await createFailedScene();
    expect(scene.decisions).toMatchObject([
      {
        outcome: 'rejected',
        reason: 'it is rejected',
        remedy: 'do something',
        retryInMs: 1000,
        pending: true,
      },
    ]);
    expect(scene.counted.applied).toBe(0);
  });

  it('is tried again with growing pauses until it succeeds, and the content announced once', async () => {
    const scene = await createSettledScene();
    scene.failNext(...Array.from({ length: 8 }, () => fail('unreachable')));
    scene.write({ 'a.conf': '2' });
    const pauses: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const { retryInMs } = await scene.look(attempt === 0 ? 'inotify' : 'retry');
      pauses.push(retryInMs);
      await scene.clock.advance(retryInMs ?? 0);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, undefined]);
    expect(scene.outcomes().at(-1)).toBe('reloaded');
    expect(scene.performed).toHaveLength(9);
    expect(scene.counted).toEqual({ updateSeen: 1, applied: 1 });
  });

  it('is not tried before its time, by whatever hint of the same content', async () => {
    const scene = await createFailedScene();
    await scene.clock.advance(400);
    expect(await scene.look('poll')).toEqual({ acted: false, retryInMs: 600 });
    expect(await scene.look('inotify')).toEqual({ acted: false, retryInMs: 600 });
    await scene.clock.advance(600);
    expect(await scene.look('retry')).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['rejected', 'reloaded']);
  });

  it('waits as long as the target asked for', async () => {
    const scene = await createSettledScene();
    scene.failNext(fail('rejected', { retryAfterMs: 30_000 }));
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toEqual({ acted: true, retryInMs: 30_000 });
  });

  it('fails as well when the action went through but was not proven', async () => {
    const proofs = [fail('target-died')];
    const scene = await createSettledScene({ prove: () => Promise.resolve(proofs.shift()) });
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toMatchObject({ acted: true, retryInMs: 1000 });
    expect(scene.counted.applied).toBe(0);
    await scene.clock.advance(1000);
    await scene.look('retry');
    expect(scene.outcomes()).toEqual(['target-died', 'reloaded']);
    expect(scene.performed).toHaveLength(2);
  });

  it('is over when the app was restarted meanwhile: it has read the content', async () => {
    const scene = await createFailedScene();
    await scene.clock.advance(500);
    scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.clock.advance(500);
    expect(await scene.look('retry')).toEqual({ acted: false });
    expect(scene.outcomes()).toEqual(['rejected', 'already-current']);
    expect(scene.counted.applied).toBe(1);
  });

  it('passes on that it was stopped', async () => {
    const stopped = new Error('stopped by the test');
    const scene = await createSettledScene({}, { perform: () => Promise.reject(stopped) });
    scene.write({ 'a.conf': '2' });
    await expect(scene.look()).rejects.toBe(stopped);
    expect(scene.decisions).toEqual([]);
  });
});

describe('what stands against acting', () => {
  it('keeps the content pending, and is looked at again each time', async () => {
    const scene = await createSettledScene();
    scene.setObstacle(fail('not-permitted'));
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toEqual({ acted: false, retryInMs: 1000 });
    scene.setObstacle(undefined);
    await scene.clock.advance(1000);
    expect(await scene.look('retry')).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['not-permitted', 'reloaded']);
  });

  it.each(['no-target', 'ambiguous-target'] as const)(
    'may be that the target is %s',
    async (outcome) => {
      const scene = await createSettledScene();
      scene.setResolution({ failure: fail(outcome) });
      scene.write({ 'a.conf': '2' });
      await scene.look();
      expect(scene.decisions).toMatchObject([{ outcome, targets: [], pending: true }]);
      scene.setTargets(buildApp(1000));
      await scene.clock.advance(1000);
      await scene.look('retry');
      expect(scene.outcomes()).toEqual([outcome, 'reloaded']);
    },
  );

  it.each([
    ['and keeps an action from it that needs a target', true, ['no-target', 'no-target']],
    ['which does not matter to an action that needs none', false, ['reloaded']],
  ] as const)('may be that only a restart can help, %s', async (_, needsTarget, outcomes) => {
    const scene = await createSettledScene({}, { needsTarget });
    const targets = [buildApp(1000)];
    scene.setResolution({ targets, onlyByRestart: new Map([[30, fail('no-target')]]) });
    scene.write({ 'a.conf': '2' });
    await scene.look();
    await scene.clock.advance(1000);
    await scene.look('retry');
    expect(scene.outcomes()).toEqual(outcomes);
    expect(scene.performed).toHaveLength(needsTarget ? 0 : 1);
  });

  it('is over with the restart that follows, where only that can help', async () => {
    const restart: Action = {
      kind: 'restart',
      needsTarget: true,
      endsTarget: true,
      actsOnSubPath: true,
      check: () => undefined,
      perform: () => Promise.resolve(undefined),
    };
    const scene = await createSettledScene({ escalation: { action: restart, afterFailures: 1 } });
    const reason = fail('no-target', { restartHelps: true });
    scene.setResolution({ targets: [buildApp(1000)], onlyByRestart: new Map([[30, reason]]) });
    scene.write({ 'a.conf': '2' });
    await scene.look();
    await scene.clock.advance(1000);
    await scene.look('retry');
    expect(scene.decisions).toMatchObject([
      { outcome: 'no-target', action: 'signal' },
      { outcome: 'reloaded', action: 'restart' },
    ]);
  });

  it('may be the age of the target, and is over at that age', async () => {
    const scene = createRuleScene({ minAgeMs: 10_000 });
    scene.write({ a: '1' });
    scene.begin();
    await scene.clock.advance(1000);
    scene.setTargets(buildApp(scene.clock.uptime()));
    await scene.clock.advance(3000);
    scene.write({ a: '2' });
    expect(await scene.look()).toEqual({ acted: false, retryInMs: 7000 });
    await scene.clock.advance(7000);
    expect(await scene.look('retry')).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['too-young', 'reloaded']);
  });

  it('may be that the app is not ready', async () => {
    const answers = [fail('not-ready')];
    const scene = await createSettledScene({ awaitReady: () => Promise.resolve(answers.shift()) });
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toEqual({ acted: false, retryInMs: 1000 });
    await scene.clock.advance(1000);
    await scene.look('retry');
    expect(scene.outcomes()).toEqual(['not-ready', 'reloaded']);
  });

  it('may be the content, which is not tried again but when it is asked for', async () => {
    const verdicts: Failure[] = [];
    const scene = await createSettledScene({ validate: () => Promise.resolve(verdicts.shift()) });
    verdicts.push(fail('invalid'), fail('invalid'));
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toEqual({ acted: false });
    await scene.clock.advance(3_600_000);
    expect(await scene.look('poll')).toEqual({ acted: false });
    await scene.look('trigger', true);
    scene.write({ 'a.conf': '3' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['invalid', 'invalid', 'superseded', 'reloaded']);
    expect(scene.performed).toHaveLength(1);
  });
});

describe('a machine that has run out of files', () => {
  it.each(['EMFILE', 'ENFILE', 'ENOMEM'])(
    'fails the attempt with %s, which is tried again',
    async (code) => {
      let left = 1;
      const scene = await createSettledScene(
        {},
        {
          perform: () => {
            if (left === 0) return Promise.resolve(undefined);
            left -= 1;
            return Promise.reject(Object.assign(new Error(code), { code }));
          },
        },
      );
      scene.write({ 'a.conf': '2' });
      const { retryInMs = 0 } = await scene.look();
      expect(scene.decisions[0]).toMatchObject({ outcome: 'not-ready', pending: true });
      expect(scene.decisions[0]?.remedy).toContain('RLIMIT_NOFILE');
      await scene.clock.advance(retryInMs);
      await scene.look('retry');
      expect(scene.outcomes()).toEqual(['not-ready', 'reloaded']);
    },
  );

  it('is no excuse for a bug', async () => {
    const scene = await createSettledScene(
      {},
      { perform: () => Promise.reject(new Error('oops')) },
    );
    scene.write({ 'a.conf': '2' });
    await expect(scene.look()).rejects.toThrow('oops');
  });
});

describe('a reload that took too long', () => {
  it('is not asked for again until it may have ended, each time for longer', async () => {
    const scene = await createSettledScene();
    const late = fail('timed-out', { busyMs: 30_000 });
    scene.failNext(late, late, fail('timed-out', { busyMs: 30_000, retryAfterMs: 300_000 }));
    scene.write({ 'a.conf': '2' });
    const pauses: (number | undefined)[] = [];
    for (const source of ['inotify', 'retry', 'retry'] as const) {
      const { retryInMs } = await scene.look(source);
      pauses.push(retryInMs);
      await scene.clock.advance(retryInMs ?? 0);
    }
    expect(pauses).toEqual([30_000, 60_000, 300_000]);
  });
});
