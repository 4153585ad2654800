import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus } from '../../../../../src/sidecar/events.ts';
import { type Mount, toVolume } from '../../../../../src/sidecar/mount/mount.ts';
import { createShowHash } from '../../../../../src/sidecar/report/hashes.ts';
import { trackStatus } from '../../../../../src/sidecar/report/status.ts';
import { describeStatus } from '../../../../../src/sidecar/report/status/describe.ts';
import type {
  RuleDocument,
  StatusDocument,
} from '../../../../../src/sidecar/report/status/document.ts';
import { trackHistory } from '../../../../../src/sidecar/report/status/history.ts';
import { countEvents, createTally } from '../../../../../src/sidecar/report/tally.ts';
import type { RuleParts } from '../../../../../src/sidecar/rule/rule.ts';
import { buildPreview } from '../../../../support/event-builder.ts';
import { buildProcess, configMapMount, tmpfsMount } from '../../../../support/process-builder.ts';
import { createRuleScene, fail, MOUNT, type RuleScene } from '../../../../support/rule-scene.ts';
import { sha256 } from '../../../../support/snapshot-builder.ts';

const configMap: Mount = { path: MOUNT, volume: toVolume(configMapMount('app', MOUNT)) };
const secret: Mount = { path: '/etc/tls', volume: toVolume(tmpfsMount(57, '/etc/tls')) };

type Scene = RuleScene & {
  events: EventBus;
  status: () => StatusDocument;
  described: () => RuleDocument;
};

/** A rule that has taken its first look at one key, and whose app is older than that. */
async function setUp(
  parts: Partial<RuleParts> = {},
  mounts: readonly Mount[] = [configMap],
): Promise<Scene> {
  const events = createEventBus();
  const scene = createRuleScene({ ...parts, events });
  const { clock, rule } = scene;
  const showHash = createShowHash(() => new Map([['default', mounts]]));
  const tracked = trackStatus(events, { version: '1.2.3', showHash, now: clock.now });
  const history = trackHistory(events, { clock, showHash });
  const tally = createTally();
  countEvents(events, tally, showHash, clock.now);
  for (const { path } of mounts) events.emit('watch-mode', { mount: path, mode: 'inotify' });
  const paths = mounts.map(({ path }) => path);
  events.emit('watching', { rules: [buildPreview({ mounts: paths })] });
  scene.write({ 'a.conf': 'one' });
  const startedMs = clock.uptime();
  await clock.advance(1000);
  scene.setTargets(buildProcess({ pid: 30, comm: 'nginx', container: 'web', uid: 101, startedMs }));
  scene.begin();
  const sources = {
    tracked,
    history,
    rules: () => [{ ...rule, counts: () => true, isPublished: () => true }],
    mounts: () => new Map([['default', mounts]]),
    showHash,
    clock,
    node: '26.0.0',
    pod: 'web-1',
    namespace: 'shop',
    lags: () => tally.kubeletLag,
    waits: () => undefined,
  };
  const status = (): StatusDocument => describeStatus(sources);
  const described = (): RuleDocument => {
    const { rules } = JSON.parse(JSON.stringify(status())) as StatusDocument;
    if (rules['default'] === undefined) throw new Error('there is a rule');
    return rules['default'];
  };
  return { ...scene, events, status, described };
}

describe('the status', () => {
  it('tells who runs, since when, and what time it is there', async () => {
    const { clock, status } = await setUp();
    await clock.advance(59_000);
    expect(status()).toMatchObject({
      pod: 'web-1',
      namespace: 'shop',
      version: '1.2.3',
      node: '26.0.0',
      started: '2026-11-09T08:07:06.000Z',
      time: '2026-11-09T08:08:06.000Z',
      uptimeSeconds: 60,
    });
  });

  it('tells of a mount its volume, how and since when it is watched, and its keys', async () => {
    const { look, described } = await setUp();
    await look('start');
    expect(described().mounts).toEqual([
      {
        path: MOUNT,
        volume: { kind: 'configmap', name: 'app', subPath: false },
        mode: 'inotify',
        since: '2026-11-09T08:07:06.000Z',
        swapped: '2026-11-09T08:07:06.000Z',
        hash: described().applied[MOUNT],
        keys: { 'a.conf': sha256('one').slice(0, 12) },
      },
    ]);
  });

  it('tells how long the kubelet took for an object, and what it has yet to bring', async () => {
    const { clock, events, described } = await setUp();
    expect(described().mounts[0]).not.toHaveProperty('kubeletLag');
    const about = { mount: MOUNT, object: 'ConfigMap/app', resourceVersion: '7' };
    const movedAtMs = clock.now();
    events.emit('kubelet-lag', { ...about, movedAtMs, pending: true });
    await clock.advance(12_000);
    const late = { object: 'ConfigMap/app', seconds: 12, pending: true };
    expect(described().mounts[0]?.kubeletLag).toEqual([late]);
    events.emit('kubelet-lag', { ...about, movedAtMs, lagMs: 12_340, pending: false });
    expect(described().mounts[0]?.kubeletLag).toEqual([{ ...late, seconds: 12.3, pending: false }]);
  });

  it('keys the hashes of keys that may be secret', async () => {
    const { look, write, described } = await setUp({}, [configMap, secret]);
    write({ 'tls.key': 'secret' }, '/etc/tls');
    await look();
    const [, mount] = described().mounts;
    expect(mount?.volume).toEqual({ kind: 'tmpfs', subPath: false });
    expect(mount?.keys['tls.key']).toMatch(/^[0-9a-f]{12}$/);
    expect(mount?.keys['tls.key']).not.toBe(sha256('secret').slice(0, 12));
  });

  it('tells whom the rule would act on now', async () => {
    const { clock, described } = await setUp();
    await clock.advance(89_000);
    expect(described().targets).toEqual([
      { pid: 30, container: 'web', command: 'nginx', uid: 101, ageSeconds: 90 },
    ]);
    expect(described().targetProblem).toBeUndefined();
  });

  it('tells why there is nobody to act on', async () => {
    const { setResolution, described } = await setUp();
    const failure = fail('ambiguous-target', { restartHelps: true });
    setResolution({ failure });
    const { outcome, reason, remedy } = failure;
    expect(described()).toMatchObject({ targets: [], targetProblem: { outcome, reason, remedy } });
    expect(described().targetProblem).not.toHaveProperty('restartHelps');
  });

  it('says applied once the app has the content, with the decision', async () => {
    const { look, described } = await setUp();
    expect(described().state).toBe('reloading');
    await look('start');
    expect(described()).toMatchObject({ state: 'applied', pending: false });
    expect(described().decisions).toMatchObject([{ outcome: 'reloaded', times: 1 }]);
    const { hash, mounts, decisions } = described();
    expect([mounts[0]?.hash, decisions[0]?.hash]).toEqual([hash, hash]);
  });

  it('says pending with the reason, the remedy, the next retry and the keys that wait', async () => {
    const { look, write, failNext, clock, described } = await setUp();
    await look('start');
    failNext(fail('rejected'));
    write({ 'a.conf': 'two', 'b.conf': 'new' });
    await look();
    await clock.advance(400);
    expect(described()).toMatchObject({
      state: 'pending',
      pending: true,
      reason: 'it is rejected',
      remedy: 'do something',
      nextRetry: '2026-11-09T08:07:08.000Z',
      mounts: [{ waiting: { added: ['b.conf'], changed: ['a.conf'], removed: [] } }],
    });
    await clock.advance(600);
    await look('retry');
    expect(described()).toMatchObject({ state: 'applied', pending: false });
    expect(described()).not.toHaveProperty('reason');
    expect(described()).not.toHaveProperty('nextRetry');
    expect(described().mounts[0]).not.toHaveProperty('waiting');
  });

  it('names no next retry where there is to be none', async () => {
    const retry = { retries: 0, delayMs: 1000, maxDelayMs: 60_000 };
    const { look, failNext, described } = await setUp({ retry });
    failNext(fail('rejected'));
    await look('start');
    expect(described()).toMatchObject({ state: 'pending', reason: 'it is rejected' });
    expect(described()).not.toHaveProperty('nextRetry');
  });

  it('calls no key applied of which that is not known', async () => {
    const { look, write, failNext, clock, described } = await setUp();
    const others = (): unknown => described().mounts[0]?.otherKeys;
    expect(others()).toBe('not known to be applied');
    failNext(fail('rejected'), fail('rejected'));
    await look('start');
    expect(others()).toBe('not known to be applied');
    write({ 'a.conf': 'one', 'b.conf': 'new' });
    await look();
    expect(others()).toBe('unchanged');
    await clock.advance(2000);
    await look('retry');
    expect(others()).toBeUndefined();
  });

  it('says reloading while an attempt is under way', async () => {
    const proof = Promise.withResolvers<undefined>();
    const { look, described } = await setUp({ prove: () => proof.promise });
    const looked = look('start');
    expect(described().state).toBe('reloading');
    proof.resolve(undefined);
    await looked;
    expect(described().state).toBe('applied');
  });

  it('does not say applied of what a dry run has left out', async () => {
    const { look, described } = await setUp({ dryRun: true });
    await look('start');
    await look();
    expect(described()).toMatchObject({ state: 'dry-run', applied: {} });
    expect(described().mounts[0]?.otherKeys).toBe('not known to be applied');
  });

  it('has no rules before there are any', async () => {
    const events = createEventBus();
    const { clock } = createRuleScene();
    const showHash = createShowHash(() => new Map());
    const status = describeStatus({
      tracked: trackStatus(events, { version: '1', showHash, now: clock.now }),
      history: trackHistory(events, { clock, showHash }),
      rules: () => [],
      mounts: () => new Map(),
      showHash,
      clock,
      node: '26',
      pod: 'web-1',
      namespace: undefined,
      lags: () => createTally().kubeletLag,
      waits: () => undefined,
    });
    expect(status).toMatchObject({ rules: {}, mounts: {} });
  });
});
