import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watchObject } from '../../../src/kubernetes/watch.ts';
import type { ObjectChange } from '../../../src/kubernetes/watched-object.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { buildProblem } from '../../support/problem-builder.ts';
import { createScriptedClient, type ScriptedClient } from '../../support/scripted-client.ts';

type Scene = ScriptedClient & {
  clock: ManualClock;
  changes: string[];
  /** When a watch began. */
  opened: number[];
  /** The kind of each problem, and `works`. */
  told: string[];
  stop: AbortController;
  ended: Promise<void>;
};

function setUp({ random = 0.5 } = {}): Scene {
  const scripted = createScriptedClient();
  const clock = createManualClock();
  const stop = new AbortController();
  const changes: string[] = [];
  const told: string[] = [];
  const opened: number[] = [];
  const ended = watchObject(
    {
      client: scripted.client,
      clock,
      namespace: 'web',
      source: { kind: 'Secret', name: 'tls' },
      random: () => random,
      onChange: ({ kind, resourceVersion }: ObjectChange) => {
        changes.push(`${kind} ${resourceVersion}`);
      },
      onOpen: () => opened.push(clock.elapsed()),
      onProblem: (problem) => told.push(problem?.kind ?? 'works'),
    },
    stop.signal,
  );
  return { ...scripted, clock, changes, opened, told, stop, ended };
}

const event = (type: string, resourceVersion: string): object => ({
  type,
  object: { metadata: { name: 'tls', uid: 'a1', resourceVersion } },
});

const versionsOf = ({ streams }: Scene): unknown[] =>
  streams.map(({ request }) => request.query?.['resourceVersion']);

/** Longer than any pause between two watches. */
const A_MINUTE = 60_000;

describe('the watch of an object', () => {
  it('asks for the metadata of that object alone, bookmarks, and an end', async () => {
    const scene = setUp();
    expect(scene.last().request).toEqual({
      group: '',
      version: 'v1',
      resource: 'secrets',
      verb: 'watch',
      namespace: 'web',
      metadataOnly: true,
      query: {
        fieldSelector: 'metadata.name=tls',
        resourceVersion: '0',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '300',
      },
    });
  });

  it('asks for watches of four to six minutes, so that those of a fleet do not end at once', () => {
    const seconds = [0, 1].map((random) => {
      return setUp({ random }).last().request.query?.['timeoutSeconds'];
    });
    expect(seconds).toEqual(['240', '360']);
  });

  it('goes on where the last one ended', async () => {
    const scene = setUp();
    scene.last().open();
    scene.last().send(event('ADDED', '7'));
    scene.last().send(event('MODIFIED', '9'));
    await scene.clock.advance(300_000);
    scene.last().end();
    await scene.clock.advance(1000);
    expect(versionsOf(scene)).toEqual(['0', '9']);
    expect(scene.opened).toHaveLength(1);
    scene.last().open();
    expect(scene.opened).toHaveLength(2);
    expect(scene.changes).toEqual(['seen 7', 'moved 9']);
    expect(scene.told).toEqual(['works']);
  });

  it('begins anew after 410 Gone, says nothing of it, and finds what has changed meanwhile', async () => {
    const scene = setUp();
    scene.last().open();
    scene.last().send(event('ADDED', '7'));
    await scene.clock.advance(300_000);
    const status = { kind: 'Status', code: 410, message: 'too old' };
    scene.last().send({ type: 'ERROR', object: status });
    await scene.clock.advance(1000);
    scene.last().open();
    scene.last().send(event('ADDED', '12'));
    await scene.clock.advance(0);
    expect(versionsOf(scene)).toEqual(['0', '0']);
    expect(scene.changes).toEqual(['seen 7', 'moved 12']);
    expect(scene.told).toEqual(['works']);
  });

  it('pauses longer and longer where each watch is gone at once', async () => {
    const scene = setUp();
    const starts: number[] = [];
    for (let count = 1; count <= 12; count += 1) {
      while (scene.streams.length < count) await scene.clock.advance(10);
      starts.push(scene.clock.elapsed());
      scene.last().open();
      scene.last().fail(buildProblem('gone'));
      await scene.clock.advance(0);
    }
    const pauses = starts.map((atMs, index) => atMs - (starts[index - 1] ?? atMs)).slice(2);
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
    expect(pauses[0]).toBeGreaterThanOrEqual(500);
    expect(pauses.at(-1)).toBeLessThanOrEqual(30_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(15_000);
  });

  it('pauses longer and longer where the server ends each at once, too', async () => {
    const scene = setUp();
    for (let passedMs = 0; passedMs < 600_000; passedMs += 100) {
      scene.last().open();
      scene.last().end();
      await scene.clock.advance(100);
    }
    expect(scene.streams.length).toBeGreaterThan(20);
    expect(scene.streams.length).toBeLessThan(40);
  });

  it('tells each failure, keeps the pause that the server asks for, and that it works again', async () => {
    const scene = setUp();
    scene.last().fail(buildProblem('throttled', { retryAfterMs: 20_000 }));
    await scene.clock.advance(19_999);
    expect(scene.streams).toHaveLength(1);
    await scene.clock.advance(A_MINUTE);
    scene.last().fail(buildProblem('unreachable'));
    await scene.clock.advance(A_MINUTE);
    scene.last().open();
    await scene.clock.advance(999);
    expect(scene.told).toEqual(['throttled', 'unreachable']);
    await scene.clock.advance(1);
    expect(scene.told).toEqual(['throttled', 'unreachable', 'works']);
  });

  it('does not take it for working when it fails within a second after it was opened', async () => {
    const scene = setUp();
    scene.last().open();
    await scene.clock.advance(500);
    scene.last().fail(buildProblem('unreachable'));
    await scene.clock.advance(A_MINUTE);
    expect(scene.told).toEqual(['unreachable']);
  });

  it('does not pause longer and longer where a proxy cuts it once a minute', async () => {
    const scene = setUp();
    for (let count = 1; count <= 20; count += 1) {
      scene.last().open();
      await scene.clock.advance(A_MINUTE);
      scene.last().fail(buildProblem('unreachable'));
      await scene.clock.advance(500);
      expect(scene.streams).toHaveLength(count + 1);
    }
  });

  it('leaves a connection that has gone silent after bookmarks, and takes another one', async () => {
    const scene = setUp();
    const [first] = scene.streams;
    first?.open();
    first?.send(event('ADDED', '7'));
    await scene.clock.advance(60_000);
    first?.send(event('BOOKMARK', '8'));
    await scene.clock.advance(149_000);
    expect(first?.isLeft()).toBe(false);
    await scene.clock.advance(3000);
    expect(first?.isLeft()).toBe(true);
    expect(versionsOf(scene)).toEqual(['0', '8']);
    expect(scene.told).toEqual(['works']);
  });

  it('lasts through ten minutes without the API server, and finds what has changed', async () => {
    const scene = setUp();
    scene.last().open();
    scene.last().send(event('ADDED', '7'));
    await scene.clock.advance(A_MINUTE);
    scene.last().fail(buildProblem('unreachable'));
    for (let passedMs = 0; passedMs < 600_000; passedMs += 1000) {
      await scene.clock.advance(1000);
      scene.last().fail(buildProblem('unreachable'));
    }
    expect(scene.streams.length).toBeLessThan(50);
    await scene.clock.advance(30_000);
    scene.last().open();
    scene.last().send(event('MODIFIED', '99'));
    await scene.clock.advance(1000);
    expect(versionsOf(scene).at(-1)).toBe('7');
    expect(scene.changes).toEqual(['seen 7', 'moved 99']);
    expect(scene.told.at(-1)).toBe('works');
  });

  it('begins anew where the server refuses the version', async () => {
    const scene = setUp();
    scene.last().send(event('ADDED', '7'));
    await scene.clock.advance(0);
    scene.last().fail(buildProblem('rejected'));
    await scene.clock.advance(A_MINUTE);
    expect(versionsOf(scene)).toEqual(['0', '0']);
  });

  it.each<[string, (scene: Scene) => Promise<void> | void]>([
    ['while nothing was answered yet', () => {}],
    ['while it is open', ({ last }) => last().open()],
    [
      'while it pauses',
      async ({ last, clock }) => {
        last().fail(buildProblem('forbidden'));
        await clock.advance(1);
      },
    ],
  ])('ends when asked to, %s, and leaves nothing behind', async (_, prepare) => {
    const scene = setUp();
    await prepare(scene);
    scene.stop.abort();
    await scene.ended;
    await scene.clock.advance(A_MINUTE);
    expect(scene.streams).toHaveLength(1);
    expect(scene.last().isLeft()).toBe(true);
    expect(scene.clock.sleeping()).toBe(0);
    expect(getEventListeners(scene.stop.signal, 'abort')).toEqual([]);
  });

  it('holds on to nothing over a thousand watches with a thousand changes', async () => {
    const scene = setUp();
    const before = { sleeping: 0, listeners: 0 };
    for (let count = 1; count <= 1000; count += 1) {
      scene.last().open();
      scene.last().send(event('MODIFIED', String(count)));
      await scene.clock.advance(1000);
      if (count === 1) {
        before.sleeping = scene.clock.sleeping();
        before.listeners = getEventListeners(scene.stop.signal, 'abort').length;
      }
      if (count % 2 === 0) scene.last().end();
      else scene.last().fail(buildProblem('unreachable'));
      await scene.clock.advance(1000);
    }
    expect(scene.streams).toHaveLength(1001);
    expect(scene.changes).toHaveLength(1000);
    expect(scene.streams.filter((stream) => !stream.isLeft())).toHaveLength(1);
    scene.last().open();
    await scene.clock.advance(1000);
    expect(scene.clock.sleeping()).toBe(before.sleeping);
    expect(getEventListeners(scene.stop.signal, 'abort')).toHaveLength(before.listeners);
  });

  it('says so, and begins anew, where what comes is not an event', async () => {
    const scene = setUp();
    scene.last().open();
    scene.last().send(event('ADDED', '7'));
    scene.last().send({ type: 'MODIFIED', object: null });
    await scene.clock.advance(A_MINUTE);
    expect(scene.told).toContain('rejected');
    expect(scene.streams.length).toBeGreaterThan(1);
    expect(scene.last().request.query?.['resourceVersion']).toBe('0');
  });

  it('hands on what is no problem of the API', async () => {
    const scene = setUp();
    scene.last().fail(new TypeError('a bug'));
    await expect(scene.ended).rejects.toThrow(TypeError);
    await scene.clock.advance(0);
    expect(scene.clock.sleeping()).toBe(0);
  });
});
