import { waitForCluster } from './deadline.ts';
import { kubectlJson, type PodName } from './kubectl.ts';
import { type LogLine, says } from './log-line.ts';
import type { Pod } from './pod.ts';
import type { WorkloadOptions } from './workloads.ts';

export type Kind = NonNullable<WorkloadOptions['kind']>;

/** A feature that needs the API, the manifest with its Role, and where it shows. */
export interface Feature {
  readonly file: string;
  readonly env: (name: string) => Readonly<Record<string, string>>;
  /** Where what comes from the API is written to. */
  readonly published?: string;
  /** What rehup mounts of the objects. Default: both, where nothing comes from the API. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** There is an app, which mounts what is published. */
  readonly hasApp?: boolean;
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

const PUBLISHED = '/published';

/** Both objects. */
export const MOUNTED = { config: '/etc/config', credentials: '/etc/credentials' };

export const features: Readonly<Record<string, Feature>> = {
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
  'what is kept as a ConfigMap': keep('keep.yaml', { config: '/etc/config' }),
  'what is kept as a Secret': keep('keep-secret.yaml', MOUNTED),
};

/** The first content is kept as one object, and the second as another one, after which the first one goes. */
function keep(file: string, mounts: Readonly<Record<string, string>>): Feature {
  return {
    file,
    env: () => ({ REHUP_PUBLISH: PUBLISHED, REHUP_KEEP: 'api', REHUP_TARGET: 'container:app' }),
    published: PUBLISHED,
    mounts,
    hasApp: true,
    kind: 'Deployment',
    ready: ({ msg }) => msg === 'content kept' || msg === 'kubernetes api problem',
    poke: true,
    works: ({ msg, text }) => msg === 'content kept' && text.includes('-kept-b'),
    lacks: says('kubernetes api problem'),
  };
}

/** What comes from the API, and nobody reads: that it came is what shows. */
function source(file: string, objects: (name: string) => string): Feature {
  return {
    file,
    env: (name) => ({ REHUP_SOURCE: objects(name), REHUP_PUBLISH: PUBLISHED }),
    published: PUBLISHED,
    mounts: {},
    kind: 'ReplicaSet',
    ready: ({ msg }) => msg === 'watching' || msg === 'kubernetes api problem',
    poke: false,
    works: says('update seen'),
    lacks: says('kubernetes api problem'),
  };
}

/** The workload bears the annotation, and each of both objects an event. */
async function waitForRejection({ namespace, name }: Pod): Promise<void> {
  const here = `--namespace=${namespace}`;
  const [kind, workload] = await ownerOf({ namespace, name });
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
async function ownerOf({ namespace, name }: PodName): Promise<[string, string]> {
  const { metadata } = await kubectlJson<Owned>(['get', 'pod', name, `--namespace=${namespace}`]);
  const kind = metadata.ownerReferences?.[0]?.kind ?? '';
  return [kind === 'ReplicaSet' ? 'Deployment' : kind, metadata.labels?.['app'] ?? ''];
}

/** The events of others on the pod are none of rehup's business. */
async function waitForCountedEvent({ namespace, name }: Pod): Promise<unknown> {
  return await waitForCluster('an event that was counted', async () => {
    const { items } = await kubectlJson<{ items: readonly EventObject[] }>([
      'get',
      'events.events.k8s.io',
      `--namespace=${namespace}`,
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
