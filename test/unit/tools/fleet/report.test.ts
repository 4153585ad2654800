import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConfigMapObject, Pod, SecretObject } from '../../../../src/kubernetes/types.ts';
import type { MountAnswer, RuleAnswer } from '../../../../src/tools/fleet/answer.ts';
import { hashContents } from '../../../../src/tools/fleet/desired.ts';
import { newest } from '../../../../src/tools/fleet/goal.ts';
import type { MountReport } from '../../../../src/tools/fleet/judge.ts';
import { type PodReport, reportPod } from '../../../../src/tools/fleet/report.ts';

const at = (iso: string): number => Date.parse(iso);
const CREATED = '2026-11-30T10:00:00Z';
const WRITTEN = '2026-11-30T12:00:00Z';
const nowMs = at('2026-11-30T12:00:30Z');

const metadata = {
  name: 'app',
  uid: 'u',
  resourceVersion: '1',
  managedFields: [{ time: WRITTEN }],
};
const config: ConfigMapObject = { metadata, data: { 'a.conf': 'new' } };
const tls: SecretObject = { metadata, data: { 'tls.key': Buffer.from('new').toString('base64') } };
const objects = new Map([
  ['ConfigMap/app', config],
  ['Secret/app', tls],
  ['ConfigMap/next', { metadata, data: { 'a.conf': 'new', 'rehup.percent': '30' } }],
]);

const NEW = hashContents(new Map([['a.conf', Buffer.from('new')]])).slice(0, 12);
const OLD = hashContents(new Map([['a.conf', Buffer.from('old')]])).slice(0, 12);
const KEY = 'key of who asks';

function podWith(volume: object): Pod {
  const volumeMounts = [{ name: 'config', mountPath: '/etc/app' }];
  return {
    metadata: {
      name: 'app-0',
      namespace: 'web',
      uid: 'p',
      resourceVersion: '1',
      creationTimestamp: CREATED,
    },
    spec: {
      containers: [{ name: 'rehup', volumeMounts }],
      volumes: [{ name: 'config', ...volume }],
    },
    status: { startTime: CREATED },
  };
}

const mounted: MountAnswer = {
  path: '/etc/app',
  volume: undefined,
  isKeyed: false,
  compared: undefined,
  hash: NEW,
  applied: NEW,
  keys: ['a.conf'],
  swappedMs: at('2026-11-30T12:00:02Z'),
  problem: undefined,
  remedy: undefined,
};
const rule: RuleAnswer = {
  name: 'default',
  action: 'signal',
  state: 'applied',
  reason: undefined,
  remedy: undefined,
  nextRetryMs: undefined,
  globs: undefined,
  mounts: [mounted],
  last: undefined,
  reloadedMs: undefined,
};

type Parts = { rule?: Partial<RuleAnswer>; mount?: Partial<MountAnswer>; volume?: object };

async function report({
  rule: of = {},
  mount = {},
  volume = { configMap: { name: 'app' } },
}: Parts = {}): Promise<PodReport> {
  const answer = {
    version: '1',
    startedMs: 0,
    nowMs,
    rules: [{ ...rule, ...of, mounts: [{ ...mounted, ...mount }] }],
  };
  const sidecar = { container: 'rehup', flags: [], env: {} };
  return await reportPod({ pod: podWith(volume), sidecar, answer }, { objects, key: KEY, nowMs });
}

const mountOf = ({ rules }: PodReport): MountReport | undefined => rules[0]?.mounts[0];

describe('a pod against what the objects hold', () => {
  it('is current where the app has it, with the time that the kubelet took', async () => {
    const found = await report();
    expect(found.state).toBe('current');
    expect(mountOf(found)).toMatchObject({
      desired: NEW,
      isMounted: true,
      isLoaded: true,
      lagMs: 2000,
    });
  });

  it('is behind where the kubelet has not brought it, and since when', async () => {
    const found = await report({ mount: { hash: OLD, applied: OLD, swappedMs: at(CREATED) } });
    expect(found).toMatchObject({ state: 'behind', reason: 'the kubelet has not brought it yet' });
    expect(mountOf(found)).toMatchObject({ isMounted: false, isLoaded: false, lagMs: 30_000 });
  });

  it('is pending where it is mounted, and the app does not have it, with the reason of the sidecar', async () => {
    const of = { state: 'pending', reason: 'port: must be a number', remedy: 'correct it' };
    const found = await report({ mount: { applied: OLD }, rule: of });
    expect(found).toMatchObject({ state: 'pending', reason: of.reason, remedy: of.remedy });
  });

  it.each([
    ['reloading', 'the reload is under way'],
    ['dry-run', 'a dry run: the app was not told'],
  ])('is pending while it is %s', async (state, reason) => {
    expect(await report({ mount: { applied: OLD }, rule: { state } })).toMatchObject({
      state: 'pending',
      reason,
    });
  });

  it.each([
    ['is current where it is not to have next', 'not-chosen', 'current', true],
    ['is pending where it has refused next, with the reason', 'refused', 'pending', false],
  ])('%s', async (_, why, state, isLoaded) => {
    const reason = `of ${why}`;
    const canary = { source: 'stable', why, reason, remedy: undefined, other: '/etc/app' };
    const volume = { configMap: { name: 'next' } };
    const found = await report({ volume, rule: { canary }, mount: { applied: undefined } });
    expect(found).toMatchObject({ state, ...(isLoaded ? {} : { reason }) });
    // The percentage is for rehup alone, and no content.
    expect(mountOf(found)).toMatchObject({ desired: NEW, isMounted: true, isLoaded });
    expect(newest.whyNever(found)).toBe(isLoaded ? undefined : reason);
  });

  it('waits for what the volume cannot be written without', async () => {
    const items = [{ key: 'gone', path: 'gone' }];
    expect(await report({ volume: { configMap: { name: 'app', items } } })).toMatchObject({
      state: 'behind',
      reason: 'the kubelet waits for what is missing: key gone of ConfigMap/app',
    });
  });

  it('is compared with itself alone where no object is behind it', async () => {
    expect(await report({ volume: { emptyDir: {} } })).toMatchObject({ state: 'current' });
  });

  it('is not known where its objects may not be read', async () => {
    expect(await report({ volume: { configMap: { name: 'other' } } })).toMatchObject({
      state: 'unknown',
      reason: 'its objects may not be read: that needs get on them',
    });
  });
});

describe('a Secret, whose hash no other process can make,', () => {
  const volume = { secret: { secretName: 'app' } };
  const keyed = { isKeyed: true, keys: ['tls.key'], hash: '123456789012', applied: '123456789012' };
  const compared = createHmac('sha256', KEY)
    .update(hashContents(new Map([['tls.key', Buffer.from('new')]])))
    .digest('hex');

  it.each([
    ['the same', compared, 'current'],
    ['another', 'f'.repeat(64), 'behind'],
  ])('is compared by a key of who asks: %s', async (_, value, state) => {
    const found = await report({ volume, mount: { ...keyed, compared: value } });
    expect(found.state).toBe(state);
    expect(mountOf(found)?.desired).toBeUndefined();
  });

  it.each([
    ['was swapped later than written', { swappedMs: at('2026-11-30T12:00:05Z') }, 'current'],
    ['may be older', { swappedMs: at('2026-11-30T11:00:00Z') }, 'unknown'],
    ['has other keys', { keys: ['tls.crt'] }, 'behind'],
  ])('is told by time where it cannot be: one that %s', async (_, mount, state) => {
    expect((await report({ volume, mount: { ...keyed, ...mount } })).state).toBe(state);
  });
});

async function bare(startTime: string): Promise<PodReport> {
  const pod = { ...podWith({ configMap: { name: 'app' } }), status: { startTime } };
  return await reportPod({ pod, sidecar: undefined }, { objects, key: KEY, nowMs });
}

describe('a pod without rehup', () => {
  it('has read what was written before it started', async () => {
    const { state, reason } = await bare('2026-11-30T12:00:10Z');
    expect(state).toBe('no-rehup');
    expect(reason).toContain('it mounts configmap/app; it started after the last change');
  });

  it('may have read what was written later: nobody knows', async () => {
    const { reason } = await bare(CREATED);
    expect(reason).toContain('whether the app has read that cannot be known');
  });
});
