import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { says, type LogLine } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod, type Pod } from './support/pod.ts';
import {
  configMap,
  configMapVolume,
  emptyDir,
  inItsPod,
  rehupContainer,
  secret,
  secretVolume,
} from './support/pod-spec.ts';
import {
  allVerbs,
  leaseOf,
  rbacPath,
  readRules,
  without,
  type Permission,
} from './support/rbac.ts';
import {
  podsOf,
  serviceAccount,
  startWorkload,
  type WorkloadOptions,
} from './support/workloads.ts';

type Kind = NonNullable<WorkloadOptions['kind']>;

/** A feature that needs the API, the manifest with its Role, and where it shows. */
interface Feature {
  readonly file: string;
  readonly env: (name: string) => Readonly<Record<string, string>>;
  /** Where what comes from the API is written to. */
  readonly published?: string;
  /** It is granted for all namespaces. */
  readonly everywhere?: boolean;
  /** It needs the Lease of the workload. */
  readonly takesTurns?: boolean;
  /** Of what kind the own workload is where a test is about none. */
  readonly kind: Kind;
  /** The line from which on a change is noticed. */
  readonly ready: (line: LogLine) => boolean;
  /** The kubelet has to be made to bring the change. */
  readonly poke: boolean;
  /** The line that says that it works. */
  readonly works: (line: LogLine) => boolean;
  /** What else shows that it works. */
  readonly proof?: (pod: Pod) => Promise<unknown>;
  /** The line that says that a verb is missing. */
  readonly lacks: (line: LogLine) => boolean;
}

const features: Readonly<Record<string, Feature>> = {
  'prompt sync': {
    file: 'prompt.yaml',
    env: () => ({ REHUP_PROMPT: 'true' }),
    kind: 'ReplicaSet',
    ready: ({ msg }) => msg === 'prompt sync set up' || msg === 'kubernetes api problem',
    poke: false,
    works: says('kubelet asked to sync'),
    lacks: says('kubernetes api problem'),
  },
  'the rolling restart': {
    file: 'rollout.yaml',
    env: () => ({ REHUP_RESTART: 'rollout' }),
    kind: 'Deployment',
    ready: says('watching'),
    poke: true,
    works: ({ msg, text }) => msg === 'rollout' && text.includes('"stage":"started"'),
    lacks: ({ outcome }) => outcome === 'not-permitted',
  },
  events: {
    file: 'events.yaml',
    // Nothing mounts the volume that could be reloaded: a failure again and again is an event that is counted.
    env: () => ({ REHUP_EVENTS: 'true', REHUP_RETRY_MAX_DELAY: '1s' }),
    kind: 'ReplicaSet',
    ready: says('watching'),
    poke: true,
    works: ({ outcome }) => outcome === 'no-target',
    proof: waitForCountedEvent,
    lacks: says('kubernetes api problem'),
  },
  waves: {
    file: 'wave.yaml',
    // Whatever is told to reload there does not answer: new content is rejected, and that is told.
    env: () => ({ REHUP_WAVE: '1', REHUP_URL: 'http://127.0.0.1:1/' }),
    takesTurns: true,
    kind: 'Deployment',
    ready: says('watching'),
    poke: true,
    works: ({ msg, text }) => msg === 'wave' && text.includes('"stage":"rejected"'),
    proof: waitForRejection,
    lacks: says('kubernetes api problem'),
  },
  'sources by name': source('source.yaml', (name) => `configmap/${name},secret/${name}`),
  'sources by label': source('source-labels.yaml', (name) => `configmap?label=rbac=${name}`),
  'sources by label in all namespaces': {
    ...source('source-cluster.yaml', (name) => `configmap?label=rbac=${name}&namespace=*`),
    everywhere: true,
  },
};

/** What comes from the API, and nobody reads: that it came is what shows. */
function source(file: string, objects: (name: string) => string): Feature {
  const published = '/published';
  return {
    file,
    env: (name) => ({ REHUP_SOURCE: objects(name), REHUP_PUBLISH: published }),
    published,
    kind: 'ReplicaSet',
    ready: ({ msg }) => msg === 'watching' || msg === 'kubernetes api problem',
    poke: false,
    works: says('update seen'),
    lacks: says('kubernetes api problem'),
  };
}

/** What the own workload must be for a verb on these to be needed. */
const KINDS: Readonly<Record<string, Kind>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
};

const namespace = useNamespace();

type Running = AsyncDisposable & {
  readonly pod: Pod;
  /** Changes both objects, and waits for such a line. */
  hear(what: string, holds: (line: LogLine) => boolean): Promise<LogLine>;
};

/** A workload of rehup alone, which mounts a ConfigMap and a Secret, with the Role but for one verb. */
async function start(feature: Feature, kind: Kind, dropped?: Permission): Promise<Running> {
  const name = randomName('rbac');
  const rules = readRules(feature.file, [name], kind);
  const { published, everywhere = false, takesTurns = false } = feature;
  const objects = (text: string) =>
    [configMap(namespace(), name, { key: text }), secret(namespace(), name, { secret: text })].map(
      (object) => ({ ...object, metadata: { ...object.metadata, labels: { rbac: name } } }),
    );
  const mounted = { config: '/etc/config', credentials: '/etc/credentials' };
  const mounts = published === undefined ? mounted : { published };
  await startWorkload(
    {
      namespace: namespace(),
      name,
      kind,
      serviceAccountName: name,
      containers: [inItsPod(rehupContainer({ env: feature.env(name), mounts }))],
      volumes: {
        config: configMapVolume(name),
        credentials: secretVolume(name),
        published: emptyDir,
      },
    },
    [
      ...objects('one'),
      ...(takesTurns ? [leaseOf({ namespace: namespace(), kind, name })] : []),
      ...serviceAccount({
        namespace: namespace(),
        name,
        rules: dropped ? without(rules, dropped) : rules,
        everywhere,
      }),
    ],
  );
  const [podName = ''] = await podsOf({ namespace: namespace(), name });
  const pod = followPod({ namespace: namespace(), name: podName }, ['rehup']);
  await pod.waitForLine('rehup', 'that it is ready', feature.ready);
  return {
    pod,
    hear: async (what, holds) => {
      await apply(objects('two'));
      const heard = pod.waitForLine('rehup', what, holds);
      return await (feature.poke ? pod.pokeUntil(heard) : heard);
    },
    [Symbol.asyncDispose]: async () => {
      await kubectl(['delete', kind, name, `--namespace=${namespace()}`, '--wait=false']);
      if (everywhere) await kubectl(['delete', 'clusterrole,clusterrolebinding', name]);
      await pod[Symbol.asyncDispose]();
    },
  };
}

describe.each(Object.entries(features))('the Role for %s', (_, feature) => {
  // Rollouts of Argo are custom resources: they are not here.
  const verbs = allVerbs(readRules(feature.file, [])).filter(
    ({ group }) => group !== 'argoproj.io',
  );
  const kinds = verbs.flatMap(({ resource }) => KINDS[resource] ?? []);

  it.concurrent.for([...new Set([feature.kind, ...kinds])])(
    'is enough in a pod of a %s',
    async (kind) => {
      await using running = await start(feature, kind);
      await running.hear('that it works', feature.works);
      await feature.proof?.(running.pod);
      // A rolling restart that has begun may have taken this pod away.
      const lines = await running.pod.logs('rehup').catch(() => []);
      expect(lines.filter(feature.lacks)).toEqual([]);
    },
  );

  it.concurrent.for(verbs)('cannot do without: $verb $resource', async (dropped) => {
    const kind = KINDS[dropped.resource] ?? feature.kind;
    await using running = await start(feature, kind, dropped);
    const line = await running.hear('what is missing', feature.lacks);
    const { group, resource, verb } = dropped;
    const full = group === '' ? resource : `${resource}.${group}`;
    expect(line.reason).toMatch(new RegExp(`^the service account may not ${verb} ${full} `));
    expect(line.remedy).toContain(`{apiGroups: ["${group}"], resources: ["${resource}"]`);
    // All that the workload takes, where one of it is missing.
    expect(line.remedy).toMatch(new RegExp(`verbs: \\[(?:"\\w+", )*"${verb}"(?:, "\\w+")*\\]}`));
  });
});

/** The workload bears the annotation, and each of both objects an event. */
async function waitForRejection({ name }: Pod): Promise<void> {
  const here = `--namespace=${namespace()}`;
  const [kind, workload] = await ownerOf(name);
  await waitForCluster('the annotation about rejected content', async () => {
    const { metadata } = await kubectlJson<Owned>(['get', kind, workload, here]);
    return metadata.annotations?.['rehup.dev/rejected']?.includes(name);
  });
  await waitForCluster('an event about each object', async () => {
    const which = `--field-selector=reason=ConfigRejected,involvedObject.name=${workload}`;
    const { items } = await kubectlJson<{ items: unknown[] }>(['get', 'events', here, which]);
    return items.length === 2;
  });
}

interface Owned {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
}

/** Kind and name of the workload of a pod: a ReplicaSet is a Deployment's. */
async function ownerOf(pod: string): Promise<[string, string]> {
  const { metadata } = await kubectlJson<Owned>(['get', 'pod', pod, `--namespace=${namespace()}`]);
  const kind = metadata.ownerReferences?.[0]?.kind ?? '';
  return [kind === 'ReplicaSet' ? 'Deployment' : kind, metadata.labels?.['app'] ?? ''];
}

/** The events of others on the pod are none of rehup's business. */
async function waitForCountedEvent({ name }: Pod): Promise<unknown> {
  return await waitForCluster('an event that was counted', async () => {
    const { items } = await kubectlJson<{ items: readonly EventObject[] }>([
      'get',
      'events.events.k8s.io',
      `--namespace=${namespace()}`,
    ]);
    return items.find(
      ({ regarding, reportingController, series }) =>
        regarding.name === name && /rehup/.test(reportingController) && (series?.count ?? 0) >= 2,
    );
  });
}

interface EventObject {
  readonly regarding: { readonly name: string };
  readonly reportingController: string;
  readonly series?: { readonly count: number };
}

/** What the service account of the manifests may do: `yes` or `no`. */
async function canI(verb: string, what: string): Promise<string> {
  const account = `--as=system:serviceaccount:${namespace()}:rehup`;
  const command = ['auth', 'can-i', verb, what, account, `--namespace=${namespace()}`];
  // No is an answer, though kubectl fails with it.
  return await kubectl(command).catch((error: unknown) => (error as { stdout: string }).stdout);
}

describe('the manifests as they are', () => {
  it.each([
    ['prompt.yaml', 'watch', 'secrets/my-app', 'secrets/other'],
    ['rollout.yaml', 'patch', 'deployments.apps/my-app', 'deployments.apps/other'],
    ['events.yaml', 'create', 'events.events.k8s.io', 'configmaps'],
    [
      'wave.yaml',
      'update',
      'leases.coordination.k8s.io/rehup-deployment-my-app',
      'leases.coordination.k8s.io/rehup-statefulset-my-app',
    ],
    ['source.yaml', 'get', 'secrets/my-app', 'secrets/other'],
    ['source-labels.yaml', 'list', 'configmaps', 'secrets'],
  ])('%s needs nothing but a namespace, and grants %s %s, not %s', async (...row) => {
    const [file, verb, granted, other] = row;
    const permissions = ['apply', `--filename=${rbacPath(file)}`, `--namespace=${namespace()}`];
    await kubectl(permissions);
    await waitForCluster('the Role to be in force', async () => {
      return (await canI(verb, granted)) === 'yes';
    });
    expect(await canI(verb, other)).toBe('no');
  });
});
