import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus } from '../../../../../src/sidecar/events.ts';
import {
  type History,
  type PastDecision,
  trackHistory,
} from '../../../../../src/sidecar/report/status/history.ts';
import { buildChange, buildDecision, buildPreview } from '../../../../support/event-builder.ts';
import { createManualClock, type ManualClock } from '../../../../support/manual-clock.ts';
import { buildProcess } from '../../../../support/process-builder.ts';

type Scene = {
  clock: ManualClock;
  events: EventBus;
  history: History;
  kept: () => readonly PastDecision[];
};

function showHash(hash: string): string {
  return hash.slice(0, 2);
}

function setUp(): Scene {
  const clock = createManualClock({ now: Date.UTC(2026, 10, 9) });
  const events = createEventBus();
  const history = trackHistory(events, { clock, showHash });
  return { clock, events, history, kept: () => history.decisions.get('default') ?? [] };
}

describe('the history of a rule', () => {
  it('tells of a decision when, how long, on whom and about which keys', async () => {
    const { clock, events, kept } = setUp();
    await clock.advance(2000);
    const changes = new Map([
      ['/etc/app', buildChange({ changed: ['a.conf'], added: ['b.conf'] })],
    ]);
    const targets = [buildProcess({ pid: 30, comm: 'nginx', container: 'web' })];
    const times = { tookMs: 1004.6, swapToReloadMs: 300.2 };
    events.emit('decided', buildDecision({ outcome: 'reloaded', changes, targets, ...times }));
    expect(kept()).toEqual([
      {
        time: '2026-11-09T00:00:02.000Z',
        times: 1,
        outcome: 'reloaded',
        action: 'signal',
        hash: 'ab',
        tookMs: 1005,
        swapToReloadMs: 300,
        mount: '/etc/app',
        changed: ['a.conf'],
        added: ['b.conf'],
        targets: ['web/nginx (30)'],
      },
    ]);
  });

  it('keeps the last 20, the newest first', () => {
    const { events, kept } = setUp();
    for (let pid = 1; pid <= 25; pid += 1) {
      const targets = [buildProcess({ pid, comm: 'app' })];
      events.emit('decided', buildDecision({ outcome: 'reloaded', targets }));
    }
    expect(kept().map(({ targets }) => targets[0])).toEqual(
      Array.from({ length: 20 }, (_, index) => `app (${25 - index})`),
    );
  });

  it('counts a failure that is repeated, so that it does not push out what led to it', async () => {
    const { clock, events, kept } = setUp();
    events.emit('decided', buildDecision({ outcome: 'reloaded' }));
    const failure = buildDecision({ outcome: 'rejected', reason: 'status 500', pending: true });
    for (let tookMs = 1; tookMs <= 30; tookMs += 1) {
      await clock.advance(1000);
      events.emit('decided', { ...failure, tookMs });
    }
    expect(kept()).toMatchObject([
      {
        outcome: 'rejected',
        times: 30,
        first: '2026-11-09T00:00:01.000Z',
        time: '2026-11-09T00:00:30.000Z',
        tookMs: 30,
      },
      { outcome: 'reloaded', times: 1 },
    ]);
  });

  it.each([
    { what: 'another reason', next: { reason: 'status 503' } },
    { what: 'another outcome', next: { outcome: 'unreachable' as const } },
    { what: 'other content', next: { hash: 'cd'.repeat(32) } },
  ])('takes $what for a decision of its own', ({ next }) => {
    const { events, kept } = setUp();
    const failure = buildDecision({ outcome: 'rejected', reason: 'status 500' });
    events.emit('decided', failure);
    events.emit('decided', { ...failure, ...next });
    expect(kept().map(({ times }) => times)).toEqual([1, 1]);
  });

  it('tells of every reload, also of one with the same content', () => {
    const { events, kept } = setUp();
    events.emit('decided', buildDecision({ outcome: 'reloaded' }));
    events.emit('decided', buildDecision({ outcome: 'reloaded' }));
    expect(kept()).toHaveLength(2);
  });

  it('keeps no long list of keys', () => {
    const { events, kept } = setUp();
    const added = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
    const changes = new Map([['/etc/app', buildChange({ added })]]);
    events.emit('decided', buildDecision({ outcome: 'reloaded', changes }));
    expect(kept()[0]?.added).toHaveLength(21);
    expect(kept()[0]?.added?.at(-1)).toBe('and 980 more');
  });
});

describe('the history of the mounts', () => {
  it('tells since when each is watched the way it is', async () => {
    const { clock, events, history } = setUp();
    events.emit('watch-mode', { mount: '/etc/app', mode: 'inotify' });
    events.emit('watch-mode', { mount: '/etc/tls', mode: 'inotify' });
    await clock.advance(60_000);
    events.emit('watch-mode', { mount: '/etc/app', mode: 'poll' });
    expect(Object.fromEntries(history.watchedSince)).toEqual({
      '/etc/app': '2026-11-09T00:01:00.000Z',
      '/etc/tls': '2026-11-09T00:00:00.000Z',
    });
  });

  it('ends with the configuration that named them, as that of the rules', () => {
    const { events, history } = setUp();
    events.emit('watch-mode', { mount: '/etc/app', mode: 'inotify' });
    events.emit('decided', buildDecision());
    events.emit('watching', { rules: [buildPreview({ rule: 'other', mounts: ['/etc/tls'] })] });
    expect([...history.watchedSince.keys(), ...history.decisions.keys()]).toEqual([]);
  });
});
