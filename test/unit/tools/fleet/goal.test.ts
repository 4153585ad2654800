import { describe, expect, it } from 'vitest';
import { contentOf, hashOf, newest, reloadedSince } from '../../../../src/tools/fleet/goal.ts';
import { parseGoal } from '../../../../src/tools/fleet/wait.ts';
import { buildMount, buildReport, buildRule } from '../../../support/fleet-builder.ts';

const bare = buildReport({
  state: 'no-rehup',
  rehup: undefined,
  rules: [],
  reason: 'no rehup in it',
});

describe('what is waited for', () => {
  it('is never reached by a pod without rehup, and by one that makes dry runs', () => {
    const dry = buildReport({ state: 'pending', rules: [buildRule({ state: 'dry-run' })] });
    for (const goal of [newest, contentOf(['configmap/app']), hashOf('aaaaaa'), reloadedSince(0)]) {
      expect(goal.isReached(bare)).toBe(false);
      expect(goal.whyNever(bare)).toBe('no rehup in it');
      expect(goal.whyNever(dry)).toContain('dry run');
      expect(goal.whyNever(buildReport())).toBeUndefined();
    }
  });

  it('is, of what was applied, what these objects hold, whatever else the pod mounts', () => {
    const other = buildMount({
      path: '/etc/other',
      objects: ['secret/other'],
      isMounted: false,
      isLoaded: false,
    });
    const report = buildReport({
      state: 'behind',
      rules: [buildRule({ mounts: [buildMount(), other] })],
    });
    expect(contentOf(['configmap/app']).isReached(report)).toBe(true);
    expect(contentOf(['secret/other']).isReached(report)).toBe(false);
    expect(newest.isReached(report)).toBe(false);
  });

  it('is never reached where rehup watches nothing of what was applied', () => {
    const goal = contentOf(['configmap/elsewhere']);
    expect(goal.isReached(buildReport())).toBe(false);
    expect(goal.whyNever(buildReport())).toBe(
      'its rehup watches no volume with configmap/elsewhere',
    );
  });

  it('is not waited for any longer where new content was refused for good', () => {
    const refused = { state: 'pending', mounts: [buildMount({ isLoaded: false })] };
    const report = (parts: object): ReturnType<typeof buildReport> =>
      buildReport({
        state: 'pending',
        reason: 'invalid',
        rules: [buildRule({ ...refused, ...parts })],
      });
    const goal = contentOf(['configmap/app']);
    expect(goal.whyNever(report({}))).toBe('invalid');
    expect(goal.whyNever(report({ nextRetryMs: 1 }))).toBeUndefined();
    // What was refused is older content.
    expect(goal.whyNever(report({ mounts: [buildMount({ isMounted: false })] }))).toBeUndefined();
  });

  it('is a hash that the app has, not one that is only mounted', () => {
    const goal = hashOf('aaaaaaaa');
    expect(goal.isReached(buildReport())).toBe(true);
    const mounts = [buildMount({ loaded: 'bbbbbbbbbbbb' })];
    const report = buildReport({ rules: [buildRule({ mounts })] });
    expect(goal.isReached(report)).toBe(false);
    expect(goal.whyNotYet?.(report)).toBe('it has loaded bbbbbbbbbbbb');
  });

  it('is a reload since then, by the clock of the pod', () => {
    const rehup = { container: 'rehup', version: '1', startedMs: 0, aheadMs: 5000 };
    const report = buildReport({ rehup, rules: [buildRule({ reloadedMs: 100_000 })] });
    expect(reloadedSince(95_000).isReached(report)).toBe(true);
    expect(reloadedSince(95_001).isReached(report)).toBe(false);
    const pending = buildReport({ rules: [buildRule({ reloadedMs: 100_000, state: 'pending' })] });
    expect(reloadedSince(95_000).isReached(pending)).toBe(false);
  });
});

function reloadedAt(iso: string): ReturnType<typeof buildReport> {
  return buildReport({ rules: [buildRule({ reloadedMs: Date.parse(iso) })] });
}

describe('--for and --since', () => {
  const nowMs = Date.parse('2026-11-30T12:00:00Z');

  it.each([
    [undefined, '2026-11-30T12:00:00Z', '2026-11-30T11:59:59Z'],
    ['5m', '2026-11-30T11:55:00Z', '2026-11-30T11:54:59Z'],
    ['2026-11-30T10:00:00Z', '2026-11-30T10:00:00Z', '2026-11-30T09:59:59Z'],
  ])('count reloads since %s', (since, enough, tooEarly) => {
    const goal = parseGoal({ for: 'reloaded', since }, nowMs);
    expect(goal.isReached(reloadedAt(enough))).toBe(true);
    expect(goal.isReached(reloadedAt(tooEarly))).toBe(false);
  });

  it.each([
    ['ready', undefined, '--for ready is not known'],
    ['hash=', undefined, '--for hash= is not known'],
    ['hash=XYZ123', undefined, 'is not known'],
    ['hash', '5m', '--since belongs to --for reloaded'],
    ['reloaded', 'yesterday', '--since yesterday is not a time'],
  ])('refuse %s, %s', (what, since, said) => {
    expect(() => parseGoal({ for: what, since }, nowMs)).toThrow(said);
  });
});
