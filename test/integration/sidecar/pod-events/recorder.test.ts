import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus } from '../../../../src/sidecar/events.ts';
import { createKubeClient } from '../../../../src/kubernetes/client.ts';
import { createNotice } from '../../../../src/kubernetes/notice.ts';
import type { OwnPod } from '../../../../src/kubernetes/own-pod.ts';
import type { KubeObject, Pod } from '../../../../src/kubernetes/types.ts';
import type { PodEvent } from '../../../../src/sidecar/pod-events/describe.ts';
import { createRecorder, type Recorder } from '../../../../src/sidecar/pod-events/recorder.ts';
import { answers, type ApiServer, startApiServer, TOKEN } from '../../../support/api-server.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { useAuthority } from '../../../support/use-authority.ts';
import { waitFor } from '../../../support/wait-for.ts';

const authority = useAuthority();

const namespace = 'web';

const event: PodEvent = {
  reason: 'ConfigReloadFailed',
  type: 'Warning',
  action: 'Reload',
  note: 'rejected: status 500',
};

type Written = KubeObject & {
  note: string;
  reason: string;
  eventTime: string;
  regarding: { uid: string };
  series?: { count: number };
};

interface Scene extends AsyncDisposable {
  readonly api: ApiServer;
  readonly recorder: Recorder;
  readonly clock: ManualClock;
  readonly bus: EventBus;
  readonly written: () => readonly Written[];
  readonly wait: (count: number) => Promise<readonly Written[]>;
}

/** A recorder that writes to a real server, on a clock that the test moves. */
async function startScene(): Promise<Scene> {
  const { pem: tls } = await authority().issue('kubernetes');
  const api = await startApiServer({ tls });
  const ca = await readFile(authority().caFile);
  const client = createKubeClient({
    server: new URL(`https://127.0.0.1:${api.port}`),
    options: () => Promise.resolve({ ca, headers: { authorization: `Bearer ${TOKEN}` } }),
  });
  const clock = createManualClock();
  const bus = createEventBus();
  const pod = api.objects.put({ resource: 'pods', namespace, name: 'my-app' }, {}) as Pod;
  const own: OwnPod = { client, namespace, pod };
  const recorder = createRecorder({
    openOwnPod: () => Promise.resolve(own),
    clock,
    random: () => 0.5,
    notice: createNotice('events', bus),
  });
  const stop = new AbortController();
  const done = recorder.run(stop.signal).catch(() => {});
  const written = (): readonly Written[] =>
    api.objects.list('events', namespace) as unknown as Written[];
  return {
    api,
    recorder,
    clock,
    bus,
    written,
    wait: async (count) =>
      await waitFor(`${count} events`, () => written().length === count && written()),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
      await api[Symbol.asyncDispose]();
    },
  };
}

describe('the recorder of Kubernetes events', () => {
  it('writes an event on the own pod, as events.k8s.io/v1 demands it', async () => {
    await using scene = await startScene();
    scene.recorder.record(event);
    const [first] = await scene.wait(1);
    expect(first).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      metadata: { name: expect.stringMatching(/^my-app\.[0-9a-f]+$/) },
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      reportingController: 'rehup.dev/rehup',
      reportingInstance: 'rehup-my-app',
      regarding: { kind: 'Pod', name: 'my-app', namespace },
      ...event,
    });
    const own = scene.api.objects.get({ resource: 'pods', namespace, name: 'my-app' });
    expect(first?.regarding.uid).toBe(own?.metadata.uid);
  });

  it('counts what happens again, and writes the count seldom', async () => {
    await using scene = await startScene();
    for (let time = 1; time <= 5; time += 1) scene.recorder.record(event);
    // One after the other: when this one is written, the others have been dealt with.
    scene.recorder.record({ ...event, note: 'another' });
    const [first] = await scene.wait(2);
    expect(first?.series?.count).toBe(2);
    await scene.clock.advance(5 * 60_000);
    scene.recorder.record(event);
    await waitFor('the next count', () => scene.written()[0]?.series?.count === 6);
    expect(scene.written()).toHaveLength(2);
    expect(scene.api.callsTo({ resource: 'events', verb: 'patch' })).toHaveLength(2);
  });

  it('writes another note as another event, of 1024 characters at most', async () => {
    await using scene = await startScene();
    scene.recorder.record(event);
    scene.recorder.record({ ...event, note: 'x'.repeat(3000) });
    const events = await scene.wait(2);
    expect(events.map(({ note }) => note.length).toSorted((a, b) => a - b)).toEqual([
      event.note.length,
      1024,
    ]);
  });

  it('creates an event anew that the API server has forgotten', async () => {
    await using scene = await startScene();
    scene.recorder.record(event);
    const [first] = await scene.wait(1);
    const { name = '' } = first?.metadata ?? {};
    scene.api.objects.delete({ resource: 'events', namespace, name });
    scene.recorder.record(event);
    const [next] = await scene.wait(1);
    expect(next?.metadata.name).not.toBe(name);
  });

  it('keeps what happens while the API server is busy, and drops the oldest of many', async () => {
    await using scene = await startScene();
    const fault = scene.api.fail({ resource: 'events' }, answers.busy(3));
    scene.recorder.record({ ...event, note: '1' });
    await waitFor('a first try', () => scene.api.callsTo({ resource: 'events' }).length === 1);
    for (let time = 2; time <= 40; time += 1) {
      scene.recorder.record({ ...event, note: `${time}` });
    }
    fault.lift();
    await waitFor('a pause', () => scene.clock.sleeping() === 1);
    await scene.clock.advance(60_000);
    // The one that was being written, and the last 20.
    const events = await scene.wait(21);
    expect(events.map(({ note }) => Number(note)).toSorted((a, b) => a - b)).toEqual([
      1,
      ...Array.from({ length: 20 }, (_, index) => 21 + index),
    ]);
  });

  it('says once which verb is missing, and that it works again', async () => {
    await using scene = await startScene();
    const told = tell(scene.bus);
    const fault = scene.api.forbid({ resource: 'events', verb: 'create' });
    scene.recorder.record(event);
    await waitFor('three tries', async () => {
      await scene.clock.advance(10_000);
      return scene.api.callsTo({ resource: 'events' }).length >= 3;
    });
    expect(told).toEqual([MISSING]);
    fault.lift();
    await waitFor('the event', async () => {
      await scene.clock.advance(10_000);
      return scene.written().length === 1;
    });
    await waitFor('the good news', () => told.length > 1);
    expect(told).toEqual([MISSING, 'events works']);
  });

  it('drops an event that is no news any more, which is no sign that it works', async () => {
    await using scene = await startScene();
    const told = tell(scene.bus);
    scene.api.forbid({ resource: 'events', verb: 'create' });
    scene.recorder.record(event);
    await waitFor('its end', async () => {
      await scene.clock.advance(60_000);
      const before = scene.api.callsTo({ resource: 'events' }).length;
      scene.recorder.record({ ...event, note: 'later' });
      return before > 0 && scene.api.callsTo({ resource: 'events' }).some(isLater);
    });
    expect(told).toEqual([MISSING]);
  });
});

const MISSING =
  'events: add to its Role: - {apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create"]}';

function isLater({ body }: { body?: unknown }): boolean {
  return JSON.stringify(body).includes('later');
}

function tell(bus: EventBus): string[] {
  const told: string[] = [];
  bus.on('api-problem', ({ feature, remedy }) => told.push(`${feature}: ${remedy}`));
  bus.on('api-recovered', ({ feature }) => told.push(`${feature} works`));
  return told;
}
