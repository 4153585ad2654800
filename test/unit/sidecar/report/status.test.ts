import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus } from '../../../../src/sidecar/events.ts';
import type { HashOf } from '../../../../src/sidecar/report/hashes.ts';
import { type Status, trackStatus } from '../../../../src/sidecar/report/status.ts';
import { buildChange, buildDecision, buildPreview } from '../../../support/event-builder.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { buildProcess } from '../../../support/process-builder.ts';
import { buildSnapshot } from '../../../support/snapshot-builder.ts';

function showHash(hash: string, of: HashOf): string {
  return `${'mount' in of ? of.mount : of.rule}#${hash.slice(0, 2)}`;
}

function setUp(): { clock: ManualClock; events: EventBus; status: Status } {
  const clock = createManualClock({ now: Date.UTC(2026, 10, 9) });
  const events = createEventBus();
  const status = trackStatus(events, { version: '1.2.3', showHash, now: clock.now });
  return { clock, events, status };
}

describe('the status', () => {
  it('tells the version and when rehup started', async () => {
    const { clock, status } = setUp();
    await clock.advance(60_000);
    expect(status).toEqual({
      version: '1.2.3',
      started: '2026-11-09T00:00:00.000Z',
      mounts: {},
      rules: {},
    });
  });

  it('tells how each mount is watched, and what is wrong with it until it is read again', () => {
    const { events, status } = setUp();
    const problem = { kind: 'torn-down', reason: 'gone', remedy: 'replace the pod' } as const;
    events.emit('watch-mode', { mount: '/etc/app', mode: 'poll', reason: 'why', remedy: 'what' });
    events.emit('mount-problem', { mount: '/etc/app', problem });
    events.emit('mount-problem', { mount: '/etc/tls', problem });
    expect(status.mounts).toEqual({
      '/etc/app': { mode: 'poll', problem: 'gone', remedy: 'replace the pod' },
      '/etc/tls': { problem: 'gone', remedy: 'replace the pod' },
    });
    events.emit('mount-recovered', { mount: '/etc/app' });
    events.emit('mount-recovered', { mount: '/etc/tls' });
    expect(status.mounts).toEqual({ '/etc/app': { mode: 'poll' }, '/etc/tls': {} });
  });

  it('tells what each rule did last, on whom and when', async () => {
    const { clock, events, status } = setUp();
    events.emit('watching', { rules: [buildPreview()] });
    await clock.advance(90_000);
    const targets = [buildProcess({ pid: 30, comm: 'nginx', container: 'web' })];
    const changes = new Map([['/etc/app', buildChange({ changed: ['a.conf'] })]]);
    const failure = { reason: 'no handler', remedy: 'REHUP_SIGNAL' };
    const decision = { outcome: 'no-handler', targets, changes, pending: true } as const;
    events.emit('decided', buildDecision({ ...decision, ...failure }));
    expect(status.rules['default']).toEqual({
      action: 'signal',
      pending: true,
      applied: {},
      last: {
        time: '2026-11-09T00:01:30.000Z',
        outcome: 'no-handler',
        mount: '/etc/app',
        changed: ['a.conf'],
        targets: ['web/nginx (30)'],
        ...failure,
      },
    });
  });

  it('tells the hash of what is applied, as it may be shown for that mount', () => {
    const { events, status } = setUp();
    const snapshots = new Map([
      ['/etc/app', buildSnapshot({ a: '1' })],
      ['/etc/tls', buildSnapshot({ a: '2' })],
    ]);
    events.emit('applied', { rule: 'default', snapshots });
    expect(status.rules['default']?.applied).toEqual({
      '/etc/app': `/etc/app#${snapshots.get('/etc/app')?.hash.slice(0, 2)}`,
      '/etc/tls': `/etc/tls#${snapshots.get('/etc/tls')?.hash.slice(0, 2)}`,
    });
  });

  it('stays pending while what was superseded is followed by a further attempt', () => {
    const { events, status } = setUp();
    events.emit('decided', buildDecision({ outcome: 'rejected', pending: true }));
    events.emit('decided', buildDecision({ outcome: 'superseded', pending: false }));
    expect(status.rules['default']?.pending).toBe(true);
    events.emit('decided', buildDecision({ outcome: 'reloaded', pending: false }));
    expect(status.rules['default']?.pending).toBe(false);
  });

  it('forgets the rules and mounts that a new configuration left out', () => {
    const { events, status } = setUp();
    const watchAll = (...mounts: string[]): void => {
      for (const mount of mounts) events.emit('watch-mode', { mount, mode: 'inotify' });
      events.emit('watching', {
        rules: mounts.map((mount) => buildPreview({ rule: mount.slice(1), mounts: [mount] })),
      });
    };
    watchAll('/a', '/b');
    watchAll('/b', '/c');
    expect(Object.keys(status.rules)).toEqual(['b', 'c']);
    expect(Object.keys(status.mounts)).toEqual(['/b', '/c']);
  });

  it('takes any name for a rule', () => {
    const { events, status } = setUp();
    events.emit('decided', buildDecision({ rule: 'constructor', outcome: 'reloaded' }));
    expect(status.rules['constructor']?.last).toMatchObject({ outcome: 'reloaded' });
    expect(Object).not.toHaveProperty('last');
  });

  it('can be written as JSON at any time', () => {
    const { events, status } = setUp();
    const changes = new Map([['/etc/app', buildChange({ removed: ['a'] })]]);
    events.emit('decided', buildDecision({ outcome: 'reloaded', changes }));
    expect(JSON.parse(JSON.stringify(status))).toMatchObject({
      rules: { default: { last: { outcome: 'reloaded', removed: ['a'] } } },
    });
  });
});
