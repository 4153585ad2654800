import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus } from '../../../../src/sidecar/events.ts';
import { outcomes } from '../../../../src/sidecar/outcome.ts';
import { createMetrics } from '../../../../src/sidecar/report/metrics.ts';
import { countEvents, createTally, type Tally } from '../../../../src/sidecar/report/tally.ts';
import type { Snapshots } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { buildDecision, buildPreview } from '../../../support/event-builder.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { buildProcess } from '../../../support/process-builder.ts';
import { buildSnapshot } from '../../../support/snapshot-builder.ts';

type Scene = {
  clock: ManualClock;
  events: EventBus;
  tally: Tally;
  /** The samples of a metric in one scrape: its labels, as written, and its values. */
  scrape: (metric: string) => Promise<Record<string, number>>;
};

function setUp(): Scene {
  const clock = createManualClock({ now: 1_700_000_000_000 });
  const events = createEventBus();
  const tally = createTally();
  countEvents(events, tally, (hash) => hash.slice(0, 4), clock.now);
  const metrics = createMetrics(tally, { version: '1.2.3', node: '26.0.0' });
  const scrape = async (metric: string): Promise<Record<string, number>> => {
    const samples = (await metrics.render())
      .split('\n')
      .filter((line) => line.startsWith(`${metric}{`))
      .map((line) => /^[a-z_]+\{(.*)\} (\S+)$/.exec(line));
    return Object.fromEntries(samples.map((match) => [match?.[1] ?? '', Number(match?.[2])]));
  };
  return { clock, events, tally, scrape };
}

const DEFAULT = 'rule="default"';

describe('counters', () => {
  it('count decisions by outcome and hints by source, however often they are scraped', async () => {
    const { events, scrape } = setUp();
    events.emit('hint', { source: 'poll' });
    for (let count = 0; count < 3; count += 1) {
      events.emit('hint', { source: 'inotify', mount: '/etc/app' });
      events.emit('decided', buildDecision({ outcome: 'reloaded' }));
    }
    events.emit('decided', buildDecision({ outcome: 'no-handler' }));
    for (let time = 0; time < 2; time += 1) {
      expect(await scrape('rehup_hints_total')).toEqual({
        'source="poll"': 1,
        'source="inotify"': 3,
      });
      expect(await scrape('rehup_reloads_total')).toEqual({
        [`${DEFAULT},action="signal",outcome="reloaded"`]: 3,
        [`${DEFAULT},action="signal",outcome="no-handler"`]: 1,
      });
    }
  });
});

describe('histograms', () => {
  it('take each observation once, in seconds', async () => {
    const { events, scrape } = setUp();
    const timing = { outcome: 'reloaded', tookMs: 40, swapToReloadMs: 300 } as const;
    events.emit('decided', buildDecision(timing));
    await scrape('rehup_build_info');
    events.emit('decided', buildDecision({ ...timing, tookMs: 60 }));
    expect(await scrape('rehup_reload_duration_seconds_sum')).toEqual({
      [`${DEFAULT},action="signal"`]: expect.closeTo(0.1),
    });
    expect(await scrape('rehup_reload_duration_seconds_count')).toEqual({
      [`${DEFAULT},action="signal"`]: 2,
    });
    expect(await scrape('rehup_swap_to_reload_seconds_sum')).toEqual({
      [DEFAULT]: expect.closeTo(0.6),
    });
  });

  it('have nothing to tell of decisions without an attempt', async () => {
    const { events, scrape } = setUp();
    events.emit('decided', buildDecision({ outcome: 'unchanged' }));
    expect(await scrape('rehup_reload_duration_seconds_count')).toEqual({});
  });

  it('do not gather without bounds while nobody scrapes', () => {
    const { events, tally } = setUp();
    for (let count = 0; count < 1200; count += 1) {
      events.emit('decided', buildDecision({ outcome: 'reloaded', tookMs: count }));
    }
    expect(tally.observations).toHaveLength(1000);
    expect(tally.observations.at(-1)?.seconds).toBeCloseTo(1.199);
  });
});

describe('the objects of a source', () => {
  const delivered = { directory: '/published', files: 5, refused: 0, tookMs: 1 };

  it('are as many as were delivered last', async () => {
    const { events, scrape } = setUp();
    expect(await scrape('rehup_source_objects')).toEqual({});
    for (const objects of [3, 500, 0]) {
      events.emit('source-delivered', { rule: 'default', objects, ...delivered });
      expect(await scrape('rehup_source_objects')).toEqual({ [DEFAULT]: objects });
    }
  });

  it('are those of each rule, as long as there is that rule', async () => {
    const { events, scrape } = setUp();
    events.emit('source-delivered', { rule: 'default', objects: 3, ...delivered });
    events.emit('source-delivered', { rule: 'web', objects: 4, ...delivered });
    events.emit('watching', { rules: [buildPreview()] });
    expect(await scrape('rehup_source_objects')).toEqual({ [DEFAULT]: 3 });
  });
});

describe('the success of the last reload', () => {
  it('is 1 before the first one, so that no alert fires', async () => {
    const { events, scrape } = setUp();
    events.emit('watching', { rules: [buildPreview()] });
    expect(await scrape('rehup_last_reload_successful')).toEqual({ [DEFAULT]: 1 });
    expect(await scrape('rehup_pending')).toEqual({ [DEFAULT]: 0 });
    expect(await scrape('rehup_last_reload_success_timestamp_seconds')).toEqual({});
  });

  const settled = ['reloaded', 'published', 'unchanged', 'filtered', 'already-current', 'dry-run'];

  it.each(outcomes.filter((outcome) => outcome !== 'superseded'))(
    'is told by the outcome %s',
    async (outcome) => {
      const { events, scrape } = setUp();
      events.emit('decided', buildDecision({ outcome, pending: true }));
      expect(await scrape('rehup_last_reload_successful')).toEqual({
        [DEFAULT]: settled.includes(outcome) ? 1 : 0,
      });
      expect(await scrape('rehup_pending')).toEqual({ [DEFAULT]: 1 });
    },
  );

  it('stays 0, and the content pending, when what failed is superseded', async () => {
    const { events, scrape } = setUp();
    events.emit('decided', buildDecision({ outcome: 'rejected', pending: true }));
    events.emit('decided', buildDecision({ outcome: 'superseded', pending: false }));
    expect(await scrape('rehup_last_reload_successful')).toEqual({ [DEFAULT]: 0 });
    expect(await scrape('rehup_pending')).toEqual({ [DEFAULT]: 1 });
  });

  it('stays 0 under a new configuration until something succeeds', async () => {
    const { events, scrape } = setUp();
    events.emit('decided', buildDecision({ outcome: 'rejected', pending: true }));
    events.emit('watching', { rules: [buildPreview()] });
    expect(await scrape('rehup_last_reload_successful')).toEqual({ [DEFAULT]: 0 });
  });

  it('is dated when something was reloaded, and not by a look that found nothing', async () => {
    const { clock, events, scrape } = setUp();
    events.emit('decided', buildDecision({ outcome: 'reloaded' }));
    await clock.advance(60_000);
    events.emit('decided', buildDecision({ outcome: 'unchanged' }));
    expect(await scrape('rehup_last_reload_success_timestamp_seconds')).toEqual({
      [DEFAULT]: 1_700_000_000,
    });
  });
});

describe('series with labels that change', () => {
  it('replace the target of a rule, and keep it while there is none', async () => {
    const { events, scrape } = setUp();
    const decide = (...pids: number[]): void => {
      const targets = pids.map((pid) => buildProcess({ pid, container: 'web' }));
      events.emit('decided', buildDecision({ outcome: 'reloaded', targets }));
    };
    decide(30, 31);
    decide(40);
    decide();
    expect(await scrape('rehup_target_info')).toEqual({
      [`${DEFAULT},container="web",pid="40"`]: 1,
    });
  });

  it('say whether a reload would work, and what stands against it, for the rules that there are', async () => {
    const { events, scrape } = setUp();
    const failure = { outcome: 'no-handler', reason: 'why' } as const;
    events.emit('reloadable', { rule: 'default', news: true });
    expect(await scrape('rehup_reloadable')).toEqual({ [`${DEFAULT},reason=""`]: 1 });
    events.emit('reloadable', { rule: 'default', failure, news: true });
    expect(await scrape('rehup_reloadable')).toEqual({ [`${DEFAULT},reason="no-handler"`]: 0 });
    events.emit('watching', { rules: [buildPreview({ rule: 'other' })] });
    expect(await scrape('rehup_reloadable')).toEqual({});
  });

  it('replace the hash of a mount and the way it is watched', async () => {
    const { events, scrape } = setUp();
    const [first, second] = [buildSnapshot({ a: '1' }), buildSnapshot({ a: '2' })];
    for (const [rule, snapshot] of [
      ['one', first],
      ['two', first],
      ['one', second],
    ] as const) {
      events.emit('applied', { rule, snapshots: new Map([['/m', snapshot]]) });
    }
    events.emit('watch-mode', { mount: '/m', mode: 'inotify' });
    events.emit('watch-mode', { mount: '/n', mode: 'inotify' });
    events.emit('watch-mode', { mount: '/m', mode: 'poll', reason: 'why', remedy: 'what' });
    expect(await scrape('rehup_applied_hash_info')).toEqual({
      [`rule="one",mount="/m",hash="${second.hash.slice(0, 4)}"`]: 1,
      [`rule="two",mount="/m",hash="${first.hash.slice(0, 4)}"`]: 1,
    });
    expect(await scrape('rehup_watch_mode_info')).toEqual({
      'mount="/m",mode="poll"': 1,
      'mount="/n",mode="inotify"': 1,
    });
  });

  it('end with the rules and mounts that a new configuration left out', async () => {
    const { events, scrape } = setUp();
    const watchAll = (...mounts: string[]): void => {
      for (const mount of mounts) events.emit('watch-mode', { mount, mode: 'inotify' });
      const rules = mounts.map((mount) => buildPreview({ rule: mount.slice(1), mounts: [mount] }));
      events.emit('watching', { rules });
    };
    watchAll('/a', '/b');
    events.emit('decided', buildDecision({ rule: 'a', outcome: 'rejected' }));
    watchAll('/b', '/c');
    expect(Object.keys(await scrape('rehup_last_reload_successful'))).toEqual([
      'rule="b"',
      'rule="c"',
    ]);
    expect(Object.keys(await scrape('rehup_watch_mode_info'))).toEqual([
      'mount="/b",mode="inotify"',
      'mount="/c",mode="inotify"',
    ]);
    expect(await scrape('rehup_reloads_total')).toEqual({
      'rule="a",action="signal",outcome="rejected"': 1,
    });
  });

  it('tell the version of rehup and of Node.js', async () => {
    const { scrape } = setUp();
    expect(await scrape('rehup_build_info')).toEqual({ 'version="1.2.3",node="26.0.0"': 1 });
  });
});

function appliedOf(mount: string): { rule: string; snapshots: Snapshots } {
  return { rule: 'default', snapshots: new Map([[mount, buildSnapshot({ a: 'b' })]]) };
}

describe('a canary', () => {
  const mounts = { stable: '/etc/stable', next: '/etc/next' };
  const now = { rule: 'default', reason: 'so', place: 12, percent: 30, mounts };

  it('has its source, the percentage, and what is held of next while stable is taken', async () => {
    const { events, scrape } = setUp();
    events.emit('canary', { ...now, source: 'next', why: 'chosen' });
    expect(await scrape('rehup_canary_info')).toEqual({
      [`${DEFAULT},source="next",reason="chosen"`]: 1,
    });
    expect(await scrape('rehup_canary_percent')).toEqual({ [DEFAULT]: 30 });
    events.emit('decided', buildDecision({ outcome: 'held' }));
    events.emit('canary', { ...now, source: 'stable', why: 'refused' });
    events.emit('decided', buildDecision({ outcome: 'already-current' }));
    expect(await scrape('rehup_canary_info')).toEqual({
      [`${DEFAULT},source="stable",reason="refused"`]: 1,
    });
    expect(await scrape('rehup_held')).toEqual({ [`${DEFAULT},reason="canary"`]: 1 });
    const { percent: _, ...without } = now;
    events.emit('canary', { ...without, source: 'stable', why: 'no-percent' });
    expect(await scrape('rehup_held')).toEqual({});
    expect(await scrape('rehup_canary_percent')).toEqual({});
  });

  it('has no hash of the source that it does not have', async () => {
    const { events, scrape } = setUp();
    events.emit('applied', appliedOf('/etc/stable'));
    events.emit('canary', { ...now, source: 'next', why: 'chosen' });
    events.emit('applied', appliedOf('/etc/next'));
    const labels = Object.keys(await scrape('rehup_applied_hash_info'));
    expect(labels).toHaveLength(1);
    expect(labels[0]).toContain('mount="/etc/next"');
  });
});
