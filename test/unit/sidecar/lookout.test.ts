import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus, type Events } from '../../../src/sidecar/events.ts';
import { lookOut } from '../../../src/sidecar/lookout.ts';
import type { Preview } from '../../../src/sidecar/rule/preview.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { buildDecision } from '../../support/event-builder.ts';
import { buildApp, fail } from '../../support/rule-scene.ts';

const target = buildApp(0);
const fine: Preview = { targets: [target] };
const young: Preview = { targets: [target], early: true };
const unable: Preview = { targets: [target], failure: fail('no-handler') };
const away = (check: 'app-mounts-nothing' | 'app-not-running'): Preview => ({
  targets: [],
  awaited: fail('no-target', { check }),
});

type Scene = {
  clock: ManualClock;
  events: EventBus;
  see: (preview: Preview) => void;
  /** A process starts or ends. */
  stir: () => void;
  looks: () => number;
  told: () => string[];
  stop: () => void;
};

function createScene(first: Preview): Scene {
  const clock = createManualClock();
  const events = createEventBus();
  const stop = new AbortController();
  const told: Events['reloadable'][0][] = [];
  let preview = first;
  let looks = 0;
  let pids = 0;
  events.on('reloadable', (one) => told.push(one));
  const rule = {
    name: 'default',
    preview: () => {
      looks += 1;
      return preview;
    },
  };
  const readPids = (): string => String(pids);
  lookOut({ rules: [rule], clock, events, readPids }, stop.signal).catch(() => {});
  return {
    clock,
    events,
    see: (next) => (preview = next),
    stir: () => (pids += 1),
    looks: () => looks,
    told: () =>
      told
        .splice(0)
        .map(({ failure, news }) => `${failure?.outcome ?? 'fine'}${news ? ', news' : ''}`),
    stop: () => stop.abort(),
  };
}

describe('the lookout', () => {
  it('tells at once what stands against a reload, and once', async () => {
    const scene = createScene(unable);
    expect(scene.told()).toEqual(['no-handler, news']);
    scene.stir();
    await scene.clock.advance(10_000);
    expect(scene.told()).toEqual([]);
  });

  it('says nothing for as long as a target is just starting, and looks again', async () => {
    const scene = createScene(young);
    await scene.clock.advance(10_000);
    expect(scene.told()).toEqual([]);
    scene.see(unable);
    await scene.clock.advance(10_000);
    expect(scene.told()).toEqual(['no-handler, news']);
  });

  it('looks again when processes have come or gone, and else rarely', async () => {
    const scene = createScene(fine);
    await scene.clock.advance(300_000);
    expect(scene.looks()).toBe(1);
    scene.stir();
    await scene.clock.advance(10_000);
    expect(scene.looks()).toBe(2);
    await scene.clock.advance(600_000);
    expect(scene.looks()).toBe(3);
    expect(scene.told()).toEqual(['fine']);
  });

  it('tells that it is over, where it had told that something was wrong', async () => {
    const scene = createScene(unable);
    scene.see(fine);
    scene.stir();
    await scene.clock.advance(10_000);
    expect(scene.told()).toEqual(['no-handler, news', 'fine, news']);
  });

  it('tells no kind of trouble twice while the app goes on crashing', async () => {
    const scene = createScene(unable);
    for (const seen of [away('app-not-running'), young, unable]) {
      scene.see(seen);
      scene.stir();
      await scene.clock.advance(10_000);
    }
    expect(scene.told()).toEqual(['no-handler, news', 'no-target', 'no-handler']);
  });

  it('has patience with a target that is not there yet', async () => {
    const scene = createScene(away('app-mounts-nothing'));
    expect(scene.told()).toEqual(['no-target']);
    await scene.clock.advance(59_000);
    expect(scene.told()).toEqual([]);
    await scene.clock.advance(1000);
    expect(scene.told()).toEqual(['no-target, news']);
    await scene.clock.advance(600_000);
    expect(scene.told()).toEqual([]);
  });

  it('leaves it to others to tell that no app runs at all', async () => {
    const scene = createScene(away('app-not-running'));
    await scene.clock.advance(600_000);
    expect(scene.told()).toEqual(['no-target']);
  });

  it('learns from attempts, which tell for themselves', async () => {
    const scene = createScene(fine);
    scene.events.emit('decided', buildDecision({ outcome: 'no-handler', reason: 'why' }));
    scene.events.emit('decided', buildDecision({ outcome: 'rejected' }));
    scene.see(unable);
    scene.stir();
    await scene.clock.advance(10_000);
    scene.events.emit('decided', buildDecision({ outcome: 'reloaded' }));
    expect(scene.told()).toEqual(['fine', 'no-handler', 'fine']);
  });

  it('leaves nothing behind when it stops', async () => {
    const scene = createScene(fine);
    scene.stop();
    await scene.clock.advance(0);
    expect(scene.clock.sleeping()).toBe(0);
    expect(scene.events.listenerCount('decided')).toBe(0);
  });
});
