import { expect, it } from 'vitest';

import { apply, type KubernetesObject, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { readMemory } from './support/footprint.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { parseLogLine } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod } from './support/pod.ts';
import {
  appContainer,
  configMap,
  configMapVolume,
  inItsPod,
  rehupContainer,
} from './support/pod-spec.ts';
import { readRules } from './support/rbac.ts';
import { podsOf, serviceAccount, startWorkload } from './support/workloads.ts';

const REPLICAS = 10;

/** Of anonymous memory, with prompt sync and a wave. */
const BUDGET = 24 * 2 ** 20;

const APP_PORT = 8080;
const FILE = '/etc/config/greeting';

const namespace = useNamespace();

interface Fleet {
  readonly name: string;
  readonly pods: readonly string[];
  greet(text: string): Promise<void>;
  /** Pod → the text that its app has read last; `undefined` where the app does not answer. */
  texts(): Promise<ReadonlyMap<string, string | undefined>>;
  status(pod: string): Promise<RuleStatus>;
}

interface RuleStatus {
  readonly state: string;
  readonly reason?: string;
  readonly remedy?: string;
}

/** Ten pods of an app, with prompt sync, and a Lease for the waves. */
async function startFleet(env: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const name = randomName('wave');
  const rules = [...readRules('prompt.yaml', [name]), ...readRules('wave.yaml', [name])];
  const mounts = { config: '/etc/config' };
  const app = appContainer({
    mounts,
    env: {
      APP_FILES: FILE,
      APP_DIES_OF: 'deadly',
      APP_SIGNAL: 'SIGHUP',
      APP_HTTP_PORT: String(APP_PORT),
    },
  });
  const rehup = inItsPod(
    rehupContainer({ mounts, env: { REHUP_PROMPT: 'true', REHUP_WAVE: '1', ...env } }),
  );
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: `rehup-${name}`, namespace: namespace() },
    spec: { leaseDurationSeconds: 30 },
  } as KubernetesObject;
  await startWorkload(
    {
      namespace: namespace(),
      name,
      replicas: REPLICAS,
      containers: [app, rehup],
      volumes: { config: configMapVolume(name) },
      serviceAccountName: name,
      sharesProcesses: true,
    },
    [
      configMap(namespace(), name, { greeting: 'one' }),
      lease,
      ...serviceAccount({ namespace: namespace(), name, rules }),
    ],
  );
  const pods = await podsOf({ namespace: namespace(), name });
  return {
    name,
    pods,
    greet: (text) => apply([configMap(namespace(), name, { greeting: text })]),
    texts: async () =>
      new Map(await Promise.all(pods.map(async (pod) => [pod, await lastTextOf(pod)] as const))),
    status: async (pod) => {
      const command = ['rehup', 'status', '--output', 'json'];
      const where = [pod, `--namespace=${namespace()}`, '--container=rehup'];
      const text = await kubectl(['exec', ...where, '--', ...command]);
      return (JSON.parse(text) as { rules: { default: RuleStatus } }).rules.default;
    },
  };
}

/** What the app has printed last of what it has read: over restarts. */
async function lastTextOf(pod: string): Promise<string | undefined> {
  const log = await kubectl(['logs', pod, `--namespace=${namespace()}`, '--container=app']);
  const facts = log.split('\n').flatMap((line) => (line.startsWith('{') ? [line] : []));
  const last = facts.map((line) => JSON.parse(line) as { content?: Record<string, string> });
  return last.findLast(({ content }) => content !== undefined)?.content?.[FILE];
}

async function waitForAll(fleet: Fleet, text: string): Promise<void> {
  await waitForCluster(`all pods of ${fleet.name} to have read "${text}"`, async () => {
    const texts = await fleet.texts();
    return [...texts.values()].every((one) => one === text);
  });
}

/** All but one say that they hold it. */
async function waitForHeld(fleet: Fleet): Promise<string[]> {
  return await waitForCluster('nine pods to hold the content', async () => {
    const held: string[] = [];
    for (const pod of fleet.pods) if (await saysLast(pod, 'held')) held.push(pod);
    return held.length === REPLICAS - 1 ? held : undefined;
  });
}

/** The last outcome in the log of rehup. */
async function saysLast(pod: string, outcome: string): Promise<boolean> {
  const log = await kubectl(['logs', pod, `--namespace=${namespace()}`, '--container=rehup']);
  const lines = log.split('\n').filter(Boolean).map(parseLogLine);
  return lines.findLast((line) => line.outcome !== undefined)?.outcome === outcome;
}

/** In bytes. */
async function anonymousOf(name: string): Promise<number> {
  const { anonymous } = await readMemory(followPod({ namespace: namespace(), name }, []), 'rehup');
  return anonymous;
}

function toMebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

interface Annotated {
  readonly metadata: { readonly annotations?: Record<string, string> };
}

async function rejectedOf(name: string): Promise<string | undefined> {
  const { metadata } = await kubectlJson<Annotated>([
    'get',
    'deployment',
    name,
    `--namespace=${namespace()}`,
  ]);
  return metadata.annotations?.['rehup.dev/rejected'];
}

it.each([
  { what: 'makes the app die', text: 'deadly', env: {}, outcome: 'target-died' },
  {
    what: 'makes the app answer 500',
    text: 'broken',
    env: {
      REHUP_VERIFY_URL: `http://127.0.0.1:${APP_PORT}/content`,
      REHUP_VERIFY_TIMEOUT: '2s',
    },
    outcome: 'unverified',
  },
])(
  'stops content that $what at the first of ten pods, and brings all what is good',
  async ({ text, env, outcome }) => {
    const fleet = await startFleet(env);
    await fleet.greet('two');
    await waitForAll(fleet, 'two');

    await fleet.greet(text);
    const held = await waitForHeld(fleet);
    const texts = await fleet.texts();
    for (const pod of held) expect(texts.get(pod)).toBe('two');
    const [first = ''] = fleet.pods.filter((pod) => !held.includes(pod));
    for (const pod of held.slice(0, 2)) {
      const { state, reason, remedy } = await fleet.status(pod);
      expect(state).toBe('pending');
      expect(reason).toContain(first);
      expect(reason).toContain(outcome);
      expect(remedy).toContain(`ConfigMap/${fleet.name}`);
    }
    const rejected = JSON.parse((await rejectedOf(fleet.name)) ?? '{}') as object;
    expect(rejected).toMatchObject({ by: first, outcome });
    const events = await kubectl([
      'get',
      'events',
      `--namespace=${namespace()}`,
      `--field-selector=involvedObject.name=${fleet.name},reason=ConfigRejected`,
      '--output=name',
    ]);
    expect(events.split('\n').filter(Boolean)).toHaveLength(1);

    await fleet.greet('three');
    await waitForAll(fleet, 'three');
    const memory = await Promise.all(fleet.pods.map(async (pod) => await anonymousOf(pod)));
    console.log(`  anonymous memory with a wave: ${memory.map(toMebibytes).join(', ')} MiB`);
    expect(Math.max(...memory)).toBeLessThanOrEqual(BUDGET);
    await waitForCluster('the rejection to be over', async () => {
      return (await rejectedOf(fleet.name)) === undefined;
    });
  },
);
