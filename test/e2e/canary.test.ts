import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';
import { pokeKubelet } from './support/pod.ts';
import {
  appContainer,
  configMap,
  configMapVolume,
  emptyDir,
  rehupContainer,
} from './support/pod-spec.ts';
import { podsOf, startWorkload } from './support/workloads.ts';

const REPLICAS = 10;
const APP_PORT = 8080;
const FILE = '/etc/app/greeting';

const namespace = useNamespace();

/** As the documentation has it, and not as the code does. */
function placeOf(pod: string): number {
  const digits = createHash('sha256').update(pod).digest('hex').slice(0, 8);
  return (Number(`0x${digits}`) * 100) / 4_294_967_296;
}

interface CanaryStatus {
  readonly source: string;
  readonly why: string;
  readonly reason: string;
}

interface Fleet {
  readonly pods: readonly string[];
  stable(text: string): Promise<void>;
  next(text: string, percent: number): Promise<void>;
  /** Waits until the app of each pod has read this last, asking the kubelets to bring it. */
  waitFor(what: string, textOf: (pod: string) => string): Promise<void>;
  /** Waits until rehup in each pod says this of its source. */
  waitForWhy(what: string, whyOf: (pod: string) => string): Promise<void>;
  status(pod: string): Promise<CanaryStatus>;
  /** Pod → how often its app has read its configuration. */
  reads(): Promise<ReadonlyMap<string, number>>;
}

/** Ten pods without any right at the API; the next ConfigMap is not there yet. */
async function startFleet(): Promise<Fleet> {
  const name = randomName('canary');
  const next = `${name}-next`;
  const env = {
    REHUP_PUBLISH: '/published',
    REHUP_CANARY: '/watched/next',
    REHUP_VALIDATE: 'greeting=not-empty',
    REHUP_TARGET: 'container:app',
    REHUP_VERIFY_URL: `http://127.0.0.1:${APP_PORT}/content`,
    REHUP_VERIFY_TIMEOUT: '10s',
  };
  const mounts = { stable: '/watched/stable', next: '/watched/next', published: '/published' };
  const app = appContainer({
    mounts: { published: '/etc/app' },
    env: { APP_FILES: FILE, APP_DIES_OF: 'deadly', APP_HTTP_PORT: String(APP_PORT) },
  });
  await startWorkload(
    {
      namespace: namespace(),
      name,
      replicas: REPLICAS,
      initContainers: [
        rehupContainer({ name: 'publish', command: ['rehup', 'once'], env, mounts }),
      ],
      containers: [app, rehupContainer({ env, mounts })],
      volumes: {
        stable: configMapVolume(name),
        next: { configMap: { name: next, optional: true } },
        published: emptyDir,
      },
      sharesProcesses: true,
    },
    [configMap(namespace(), name, { greeting: 'one' })],
  );
  const pods = await podsOf({ namespace: namespace(), name });
  const all = async <Value>(of: (pod: string) => Promise<Value>): Promise<Map<string, Value>> =>
    new Map(await Promise.all(pods.map(async (pod) => [pod, await of(pod)] as const)));
  const poke = async (): Promise<void> => {
    await all(async (pod) => await pokeKubelet({ namespace: namespace(), name: pod }));
  };
  const status = async (pod: string): Promise<CanaryStatus> => {
    const where = [pod, `--namespace=${namespace()}`, '--container=rehup'];
    const text = await kubectl(['exec', ...where, '--', 'rehup', 'status', '--output', 'json']);
    return (JSON.parse(text) as { rules: { default: { canary: CanaryStatus } } }).rules.default
      .canary;
  };
  return {
    pods,
    status,
    stable: async (text) => {
      await apply([configMap(namespace(), name, { greeting: text })]);
      await poke();
    },
    next: async (text, percent) => {
      const data = { greeting: text, 'rehup.percent': String(percent) };
      await apply([configMap(namespace(), next, data)]);
      await poke();
    },
    waitFor: async (what, textOf) => {
      await waitForCluster(what, async () => {
        const texts = await all(async (pod) => (await readsOf(pod)).at(-1));
        const done = pods.every((pod) => texts.get(pod) === textOf(pod));
        if (!done) await poke();
        return done;
      });
    },
    waitForWhy: async (what, whyOf) => {
      await waitForCluster(what, async () => {
        const whys = await all(async (pod) => (await status(pod)).why);
        const done = pods.every((pod) => whys.get(pod) === whyOf(pod));
        if (!done) await poke();
        return done;
      });
    },
    reads: async () => await all(async (pod) => (await readsOf(pod)).length),
  };
}

/** All that the app has read, in order, in this run of its container. */
async function readsOf(pod: string): Promise<string[]> {
  const log = await kubectl(['logs', pod, `--namespace=${namespace()}`, '--container=app']);
  const facts = log.split('\n').flatMap((line) => (line.startsWith('{') ? [line] : []));
  return facts
    .map((line) => JSON.parse(line) as { content?: Record<string, string> })
    .flatMap(({ content }) => content?.[FILE] ?? []);
}

it('brings next content to exactly the pods whose hash is below, keeps all of them from what is bad, and promotes it without a reload', async () => {
  const fleet = await startFleet();
  await fleet.waitFor('all to start with stable', () => 'one');
  await fleet.waitForWhy('all to see that there is no next content', () => 'no-next');

  // By chance, none may be below 30.
  const percent = Math.max(30, Math.ceil(Math.min(...fleet.pods.map(placeOf)) + 0.01));
  const isIn = (pod: string): boolean => placeOf(pod) < percent;
  const chosen = fleet.pods.filter(isIn);
  console.log(`  ${chosen.length} of ${fleet.pods.length} pods are below ${percent}`);

  await fleet.next('two', percent);
  await fleet.waitFor('the chosen ones to have next', (pod) => (isIn(pod) ? 'two' : 'one'));
  await fleet.waitForWhy('all to say so', (pod) => (isIn(pod) ? 'chosen' : 'not-chosen'));

  for (const bad of ['deadly', 'broken', '']) {
    await fleet.next(bad, percent);
    await fleet.waitForWhy(`"${bad}" to be refused`, (pod) =>
      isIn(pod) ? 'refused' : 'not-chosen',
    );
    await fleet.waitFor(`all to serve stable after "${bad}"`, () => 'one');
    for (const pod of chosen) {
      expect((await fleet.status(pod)).reason).toMatch(/^the next content was refused in this pod/);
    }
  }

  await fleet.next('three', percent);
  await fleet.waitFor('the chosen ones to have what is good', (pod) =>
    isIn(pod) ? 'three' : 'one',
  );
  const before = await fleet.reads();
  await fleet.next('three', 100);
  await fleet.waitFor('all to have it', () => 'three');
  await fleet.waitForWhy('all to say so', () => 'chosen');
  const atAll = await fleet.reads();
  for (const pod of chosen) expect(atAll.get(pod)).toBe(before.get(pod));

  await fleet.stable('three');
  await fleet.next('three', 0);
  await fleet.waitForWhy('all to be on stable again', () => 'not-chosen');
  await fleet.stable('four');
  await fleet.waitFor('all to follow stable', () => 'four');
  const atEnd = await fleet.reads();
  for (const pod of fleet.pods) expect(atEnd.get(pod)).toBe((atAll.get(pod) ?? 0) + 1);
});
