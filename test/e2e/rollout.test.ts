import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod, type Pod } from './support/pod.ts';
import { configMap, configMapVolume, inItsPod, rehupContainer } from './support/pod-spec.ts';
import { staticApp, STATIC_APP_MOUNT } from './support/static-app.ts';
import {
  podsOf,
  serviceAccount,
  startWorkload,
  type WorkloadOptions,
} from './support/workloads.ts';

const HASH = 'rehup.dev/config-hash';

const namespace = useNamespace();

/** All that the four kinds need, and the watch that has the kubelet bring updates at once. */
const rules = [
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'patch'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'watch'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get'] },
  {
    apiGroups: ['apps'],
    resources: ['deployments', 'statefulsets', 'daemonsets'],
    verbs: ['get', 'patch'],
  },
];

interface Rolled {
  readonly name: string;
  setGreeting(text: string): Promise<void>;
  /** The workload, as it is now. */
  read(): Promise<WorkloadObject>;
}

interface WorkloadObject {
  readonly metadata: { readonly generation: number; readonly uid: string };
  readonly spec: {
    readonly template: { readonly metadata?: { readonly annotations?: Record<string, string> } };
  };
}

/** A workload of a program that reads its file once, with a rehup that rolls it out anew. */
async function startRolled(options: Partial<WorkloadOptions> = {}): Promise<Rolled> {
  const name = randomName('roll');
  const volumes = { config: configMapVolume(name) };
  const rehup = inItsPod(
    rehupContainer({
      env: { REHUP_RESTART: 'rollout', REHUP_PROMPT: 'true', REHUP_RETRY_MAX_DELAY: '2s' },
      mounts: { config: '/watched' },
    }),
  );
  const app = staticApp({ mounts: { config: STATIC_APP_MOUNT } });
  const workload = {
    namespace: namespace(),
    name,
    containers: [app, rehup],
    volumes,
    serviceAccountName: name,
    ...options,
  };
  await startWorkload(workload, [
    configMap(namespace(), name, { greeting: 'one' }),
    ...serviceAccount({ namespace: namespace(), name, rules }),
  ]);
  const kind = options.kind ?? 'Deployment';
  return {
    name,
    setGreeting: (text) => apply([configMap(namespace(), name, { greeting: text })]),
    read: () => kubectlJson<WorkloadObject>(['get', kind, name, `--namespace=${namespace()}`]),
  };
}

/** Every pod of it has started with that text, and there is no other. */
async function waitForGreeting(name: string, text: string, replicas = 1): Promise<void> {
  await waitForCluster(`${replicas} pods of ${name} that greet with ${text}`, async () => {
    const pods = await podsOf({ namespace: namespace(), name });
    if (pods.length !== replicas) return false;
    const logs = await Promise.all(pods.map((pod) => logOf(pod, 'app')));
    return logs.every((log) => log.includes(`"${text}"`));
  });
}

function logOf(pod: string, container: string): Promise<string> {
  return kubectl(['logs', pod, `--namespace=${namespace()}`, `--container=${container}`]);
}

async function follow(name: string): Promise<Pod> {
  const [pod = ''] = await podsOf({ namespace: namespace(), name });
  return followPod({ namespace: namespace(), name: pod }, ['rehup']);
}

interface ReplicaSets {
  readonly items: readonly {
    readonly metadata: { readonly ownerReferences?: { uid: string }[] };
  }[];
}

/** A Deployment keeps a ReplicaSet for each template that it has had. */
async function countTemplates(rolled: Rolled): Promise<number> {
  const { metadata } = await rolled.read();
  const { items } = await kubectlJson<ReplicaSets>([
    'get',
    'replicasets',
    `--namespace=${namespace()}`,
  ]);
  return items.filter((each) => each.metadata.ownerReferences?.[0]?.uid === metadata.uid).length;
}

describe.concurrent('REHUP_RESTART=rollout', () => {
  it('rolls three replicas exactly once for one change, and not for a change of metadata', async () => {
    const rolled = await startRolled({ replicas: 3 });
    await rolled.setGreeting('two');
    await waitForGreeting(rolled.name, 'two', 3);
    expect(await countTemplates(rolled)).toBe(2);
    const { spec } = await rolled.read();
    expect(spec.template.metadata?.annotations?.[HASH]).toMatch(/^[0-9a-f]{32}$/);

    // Every pod is made to sync by the new label, and finds nothing new.
    await kubectl(['label', 'configmap', rolled.name, 'team=web', `--namespace=${namespace()}`]);
    const pods = await podsOf({ namespace: namespace(), name: rolled.name });
    await waitForCluster('all pods to have been synced', async () => {
      const logs = await Promise.all(pods.map((pod) => logOf(pod, 'rehup')));
      return logs.every((log) => log.includes('kubelet asked to sync'));
    });
    await rolled.setGreeting('three');
    await waitForGreeting(rolled.name, 'three', 3);
    expect(await countTemplates(rolled)).toBe(3);
  });

  it.each(['StatefulSet', 'DaemonSet'] as const)('rolls a %s', async (kind) => {
    const rolled = await startRolled({ kind });
    await rolled.setGreeting('two');
    await waitForGreeting(rolled.name, 'two');
    expect((await rolled.read()).metadata.generation).toBe(2);
  });

  it('says that a Deployment is paused, and rolls it once it is resumed', async () => {
    const rolled = await startRolled();
    const inNamespace = [`deployment/${rolled.name}`, `--namespace=${namespace()}`];
    await kubectl(['rollout', 'pause', ...inNamespace]);
    await using pod = await follow(rolled.name);
    await rolled.setGreeting('two');

    const line = await pod.waitForLine('rehup', 'that it failed', says('reload failed'));
    expect(line).toMatchObject({ outcome: 'rejected', action: 'restart' });
    expect(line.reason).toContain('is paused');
    const remedy = /kubectl (.*)$/.exec(line.remedy ?? '')?.[1]?.split(' ') ?? [];
    await kubectl([...remedy, `--namespace=${namespace()}`]);
    await waitForGreeting(rolled.name, 'two');
  });

  it.each([
    {
      what: 'OnDelete',
      options: { kind: 'StatefulSet', spec: { updateStrategy: { type: 'OnDelete' } } },
      reason: 'OnDelete',
    },
    {
      what: 'a ReplicaSet of its own',
      options: { kind: 'ReplicaSet' },
      reason: 'has no Deployment above it',
    },
  ] as const)('reports $what, and changes nothing', async ({ options, reason }) => {
    const rolled = await startRolled(options);
    await waitForGreeting(rolled.name, 'one');
    const { metadata } = await rolled.read();
    await using pod = await follow(rolled.name);
    await rolled.setGreeting('two');

    const line = await pod.waitForLine('rehup', 'that it failed', says('reload failed'));
    expect(line).toMatchObject({ outcome: 'rejected' });
    expect(line.reason).toContain(reason);
    expect((await rolled.read()).metadata.generation).toBe(metadata.generation);
  });
});
