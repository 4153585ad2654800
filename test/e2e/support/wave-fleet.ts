import { apply, type KubernetesObject, randomName } from './cluster.ts';
import { waitForCluster } from './deadline.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import { type LogLine, parseLogLine } from './log-line.ts';
import {
  appContainer,
  configMap,
  configMapVolume,
  emptyDir,
  inItsPod,
  rehupContainer,
} from './pod-spec.ts';
import { leaseOf, readRules } from './rbac.ts';
import { podsOf, serviceAccount, startWorkload } from './workloads.ts';

const REPLICAS = 10;

/** Where the app answers: 500 for content with the word `broken`. */
export const APP_PORT = 8080;

export interface WaveFleet {
  readonly name: string;
  readonly pods: readonly string[];
  greet(text: string): Promise<void>;
  /** Pod → the text that its app has read last, over restarts; `undefined` where it has read none. */
  texts(): Promise<ReadonlyMap<string, string | undefined>>;
  /** All of them have read it. */
  waitForAll(text: string): Promise<void>;
  /** All but one say that they hold it: who. */
  waitForHeld(): Promise<readonly string[]>;
  status(pod: string): Promise<RuleStatus>;
  logs(pod: string, container: 'app' | 'rehup'): Promise<readonly LogLine[]>;
  /** The state of the content that the Lease is about. */
  lease(): Promise<LeaseState>;
  /** What the workload is annotated with about rejected content. */
  rejected(): Promise<string | undefined>;
}

export interface RuleStatus {
  readonly state: string;
  readonly reason?: string;
  readonly remedy?: string;
}

export interface LeaseState {
  readonly state?: 'trying' | 'good' | 'bad';
  readonly by?: string;
}

export interface WaveFleetOptions {
  readonly namespace: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The app reads what rehup publishes, and not the volume. */
  readonly publishes?: boolean;
}

const FILE = '/etc/config/greeting';

/** Ten pods of an app that dies of the word `deadly`, with prompt sync, and a Lease for the waves. */
export async function startWaveFleet(options: WaveFleetOptions): Promise<WaveFleet> {
  const { namespace } = options;
  const name = randomName('wave');
  await startWorkload(
    {
      namespace,
      name,
      replicas: REPLICAS,
      containers: containersOf(options),
      volumes: { config: configMapVolume(name), published: emptyDir },
      serviceAccountName: name,
      sharesProcesses: true,
    },
    [
      configMap(namespace, name, { greeting: 'one' }),
      leaseOf({ namespace, kind: 'Deployment', name }),
      ...serviceAccount({
        namespace,
        name,
        rules: [...readRules('prompt.yaml', [name]), ...readRules('wave.yaml', [name])],
      }),
    ],
  );
  return followFleet({ namespace, name, pods: await podsOf({ namespace, name }) });
}

function containersOf({ env = {}, publishes = false }: WaveFleetOptions) {
  const app = appContainer({
    mounts: { [publishes ? 'published' : 'config']: '/etc/config' },
    env: {
      APP_FILES: FILE,
      APP_DIES_OF: 'deadly',
      APP_SIGNAL: 'SIGHUP',
      APP_HTTP_PORT: String(APP_PORT),
    },
  });
  const rehup = rehupContainer({
    mounts: { config: '/etc/config', ...(publishes && { published: '/published' }) },
    env: {
      REHUP_PROMPT: 'true',
      REHUP_WAVE: '1',
      ...(publishes && { REHUP_PUBLISH: '/published', REHUP_TARGET: 'container:app' }),
      ...env,
    },
  });
  return [app, inItsPod(rehup)];
}

function followFleet({
  namespace,
  name,
  pods,
}: Pick<WaveFleet, 'name' | 'pods'> & { readonly namespace: string }): WaveFleet {
  const here = `--namespace=${namespace}`;
  const annotationOf = async (kind: string, object: string, key: string) => {
    const { metadata } = await kubectlJson<Annotated>(['get', kind, object, here]);
    return metadata.annotations?.[key];
  };
  const logs: WaveFleet['logs'] = async (pod, container) => {
    const text = await kubectl(['logs', pod, here, `--container=${container}`]);
    return text.split('\n').filter(Boolean).map(parseLogLine);
  };
  const lastText = async (pod: string): Promise<string | undefined> => {
    const lines = await logs(pod, 'app');
    return lines.findLast(({ content }) => content !== undefined)?.content?.[FILE] ?? undefined;
  };
  const holds = async (pod: string): Promise<boolean> => {
    const lines = await logs(pod, 'rehup');
    return lines.findLast(({ outcome }) => outcome !== undefined)?.outcome === 'held';
  };
  const texts: WaveFleet['texts'] = async () =>
    new Map(await Promise.all(pods.map(async (pod) => [pod, await lastText(pod)] as const)));
  return {
    name,
    pods,
    greet: (text) => apply([configMap(namespace, name, { greeting: text })]),
    texts,
    logs,
    waitForAll: async (text) => {
      await waitForCluster(`all pods of ${name} to have read "${text}"`, async () => {
        return [...(await texts()).values()].every((one) => one === text);
      });
    },
    waitForHeld: () =>
      waitForCluster('nine pods to hold the content', async () => {
        const held: string[] = [];
        for (const pod of pods) if (await holds(pod)) held.push(pod);
        return held.length === pods.length - 1 ? held : undefined;
      }),
    status: async (pod) => {
      const command = ['rehup', 'status', '--output', 'json'];
      const text = await kubectl(['exec', pod, here, '--container=rehup', '--', ...command]);
      return (JSON.parse(text) as { rules: { default: RuleStatus } }).rules.default;
    },
    lease: async () => {
      const text = await annotationOf('lease', `rehup-deployment-${name}`, 'rehup.dev/wave');
      const waves = JSON.parse(text ?? '{}') as { default?: { now: LeaseState } };
      return waves.default?.now ?? {};
    },
    rejected: async () => await annotationOf('deployment', name, 'rehup.dev/rejected'),
  };
}

type Annotated = KubernetesObject & {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
};
