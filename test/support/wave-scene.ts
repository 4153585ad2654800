import type { WaveSize } from '../../src/config/parse.ts';
import type { KubeClient } from '../../src/kubernetes/client.ts';
import { createNotice } from '../../src/kubernetes/notice.ts';
import type { OwnPod } from '../../src/kubernetes/own-pod.ts';
import type { KubeRequest } from '../../src/kubernetes/request.ts';
import type { KubeObject } from '../../src/kubernetes/types.ts';
import { createEventBus, type WaveNews } from '../../src/sidecar/events.ts';
import type { Mount } from '../../src/sidecar/mount/mount.ts';
import type { Failure } from '../../src/sidecar/outcome.ts';
import { parseWaves, type RuleWave, WAVE_ANNOTATION } from '../../src/sidecar/wave/record.ts';
import { createWave } from '../../src/sidecar/wave/wave.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { buildProblem } from './problem-builder.ts';

/** What content does to an app: nothing said is a success. */
export type Effects = Readonly<Record<string, Failure | undefined>>;

export type WaveOptions = {
  pods: number;
  sizes?: readonly WaveSize[];
  soakMs?: number;
  splayMs?: number;
  patienceMs?: number;
  /** Content → what comes of it after an attempt. */
  effects?: Effects;
  /** Content → what comes of it while it soaks. */
  later?: Effects;
  random?: () => number;
  /** How long an attempt takes. */
  attemptMs?: number;
};

export type WavePod = {
  name: string;
  /** What the app has taken, in order, whatever came of it. */
  taken: { content: string; atMs: number }[];
  /** What it waits for now. */
  waitsFor: () => Failure | undefined;
  /** The kubelet brings content. */
  bring: (content: string) => void;
  /** It is gone without a word: what it has asked for is never answered. */
  die: () => void;
  /** It is asked to stop. */
  stop: () => Promise<void>;
  /** What stands against acting in this pod alone. */
  obstruct: (failure: Failure | undefined) => void;
};

export type WaveScene = AsyncDisposable & {
  clock: ManualClock;
  pods: readonly WavePod[];
  /** To all pods at once. */
  bring: (content: string) => void;
  /** Nobody answers, until it does again. */
  setAway: (isAway: boolean) => void;
  forbid: (resource: string, verb: string) => void;
  lease: () => { holder: string; wave: RuleWave | undefined };
  requests: KubeRequest[];
  news: WaveNews[];
  problems: string[];
  /** The pods whose app has taken it. */
  holders: (content: string) => string[];
};

const MOUNT = {
  path: '/etc/app',
  volume: { kind: 'configmap', name: 'config' },
} as unknown as Mount;

/** Pods of one Deployment with the real waves, on one clock, and a Lease in memory. */
export function createWaveScene(options: WaveOptions): WaveScene {
  const { sizes = [{ pods: 1 }], soakMs = 0, splayMs = 0, patienceMs = 300_000 } = options;
  const { effects = {}, later = {}, random = () => 0.5, attemptMs = 1000 } = options;
  const clock = createManualClock({ elapsed: 0 });
  const events = createEventBus();
  const news: WaveNews[] = [];
  const problems: string[] = [];
  const requests: KubeRequest[] = [];
  const forbidden = new Set<string>();
  let isAway = false;
  let version = 1;
  let lease: KubeObject & { spec?: { holderIdentity?: string } } = {
    metadata: { name: 'rehup-deployment-web', uid: 'lease', resourceVersion: '1' },
  };
  events.on('wave', (one) => news.push(one));
  events.on('api-problem', ({ reason }) => problems.push(reason));

  const answer = async (request: KubeRequest, isDead: () => boolean): Promise<unknown> => {
    await Promise.resolve();
    if (isDead()) return await new Promise(() => {});
    requests.push(request);
    if (isAway) throw buildProblem('unreachable');
    if (forbidden.has(`${request.verb} ${request.resource}`)) throw buildProblem('forbidden');
    switch (request.resource) {
      case 'replicasets':
        return {
          metadata: {
            name: 'web-1',
            uid: 'rs',
            resourceVersion: '1',
            ownerReferences: [ownedBy('Deployment', 'web', 'deployment')],
          },
          spec: { replicas: options.pods },
        };
      case 'leases': {
        if (request.name !== lease.metadata.name) throw buildProblem('not-found');
        if (request.verb === 'get') return structuredClone(lease);
        const body = request.body as typeof lease;
        if (body.metadata.resourceVersion !== lease.metadata.resourceVersion) {
          throw buildProblem('conflict');
        }
        version += 1;
        lease = { ...body, metadata: { ...body.metadata, resourceVersion: String(version) } };
        return structuredClone(lease);
      }
      default:
        return {};
    }
  };

  const createPod = (index: number): WavePod & AsyncDisposable => {
    const name = `web-1-${index}`;
    let isDead = false;
    const client: KubeClient = {
      request: async <Answer>(request: KubeRequest) =>
        (await answer(request, () => isDead)) as Answer,
      stream: () => {
        throw new Error('nobody watches a wave');
      },
    };
    const owner = ownedBy('ReplicaSet', 'web-1', 'rs');
    const metadata = { name, uid: name, resourceVersion: '1', ownerReferences: [owner] };
    const spec = {
      containers: [{ name: 'rehup', volumeMounts: [{ name: 'config', mountPath: MOUNT.path }] }],
      volumes: [{ name: 'config', configMap: { name: 'web' } }],
    };
    const own: OwnPod = { client, namespace: 'shop', pod: { metadata, spec } };
    const wave = createWave({
      rule: 'default',
      mounts: [MOUNT],
      podName: name,
      openOwnPod: async () => await Promise.resolve(own),
      sizes,
      soakMs,
      splayMs,
      patienceMs,
      soak: async ({ hash }, signal) => {
        await clock.sleep(soakMs, signal);
        return later[hash];
      },
      clock,
      random,
      events,
      notice: createNotice('wave', events),
    });
    const taken: WavePod['taken'] = [];
    const stop = new AbortController();
    let waitsFor: Failure | undefined;
    let obstacle: Failure | undefined;
    let content = 'start';
    let applied = 'start';
    let wake = new AbortController();

    /** What a rule does, in short. */
    const live = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const pauseMs = content === applied ? Number.POSITIVE_INFINITY : await attempt(content);
        if (wake.signal.aborted) wake = new AbortController();
        const either = AbortSignal.any([stop.signal, wake.signal]);
        await clock.sleep(pauseMs, either).catch(() => {});
        if (wake.signal.aborted) wake = new AbortController();
      }
    };
    const attempt = async (hash: string): Promise<number> => {
      const closed = await wave.ask(hash, stop.signal);
      waitsFor = closed;
      if (content !== hash) return 0;
      if (closed) return closed.retryAfterMs ?? 0;
      const request = { changes: new Map(), hash, targets: [] };
      if (obstacle) {
        wave.tell({ request, failure: obstacle, acted: false });
        return 5000;
      }
      // Nobody knows what it has until it is proved.
      applied = '';
      taken.push({ content: hash, atMs: clock.elapsed() });
      await clock.sleep(attemptMs, stop.signal);
      const failure = effects[hash];
      wave.tell({ request, failure, acted: true });
      if (failure) return 10_000;
      applied = hash;
      return 0;
    };
    const ended = live().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    return {
      name,
      taken,
      waitsFor: () => waitsFor,
      bring: (next) => {
        content = next;
        wake.abort();
      },
      die: () => {
        isDead = true;
        stop.abort();
      },
      stop: async () => {
        stop.abort();
        await wave[Symbol.asyncDispose]();
        isDead = true;
      },
      obstruct: (failure) => {
        obstacle = failure;
      },
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        // Whatever it waits for is not to hold up the test.
        if (!isDead) await Promise.all([wave[Symbol.asyncDispose](), ended]);
      },
    };
  };
  const pods = Array.from({ length: options.pods }, (_, index) => createPod(index));
  return {
    clock,
    pods,
    requests,
    news,
    problems,
    bring: (content) => {
      for (const pod of pods) pod.bring(content);
    },
    setAway: (next) => {
      isAway = next;
    },
    forbid: (resource, verb) => void forbidden.add(`${verb} ${resource}`),
    lease: () => ({
      holder: lease.spec?.holderIdentity ?? '',
      wave: parseWaves(lease.metadata.annotations?.[WAVE_ANNOTATION]).get('default'),
    }),
    holders: (content) =>
      pods.flatMap(({ name, taken }) =>
        taken.some((one) => one.content === content) ? [name] : [],
      ),
    [Symbol.asyncDispose]: async () => {
      isAway = false;
      await Promise.all(pods.map(async (pod) => await pod[Symbol.asyncDispose]()));
    },
  };
}

function ownedBy(kind: string, name: string, uid: string) {
  return { apiVersion: 'apps/v1', kind, name, uid, controller: true };
}
