import { execa } from 'execa';

import { ENVIRONMENT_CANARY, refuseCanaries } from '../../support/canary.ts';
import { rehupCommand } from '../../support/start-rehup.ts';
import { apply, type KubernetesObject, randomName } from './cluster.ts';
import { waitForCluster } from './deadline.ts';
import { APP_IMAGE } from './image-names.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import { configMap, secret } from './pod-spec.ts';

export interface RotationOptions {
  readonly namespace: string;
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly replicas?: number;
  /** Where the content is: the ConfigMap or Secret with the key `greeting`. */
  readonly from?: 'ConfigMap' | 'Secret';
  /** Whether the container says when it is ready; `true` by default. */
  readonly probe?: boolean;
  /** Of the workload. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface Rotation {
  readonly namespace: string;
  /** As in `deployment/NAME`. */
  readonly workload: string;
  /** The name without a hash. */
  readonly base: string;
  /** Runs `rehup rotate` on this workload and base; unless it is said, what is ready counts at once. */
  rotate(...args: readonly string[]): Promise<Ended>;
  /** The names in the template, each once. */
  names(): Promise<readonly string[]>;
  /** The names of all objects that rehup made of this base. */
  revisions(): Promise<readonly string[]>;
  /** What each pod that is not ending says it has read: by volume, projected volume, env and envFrom. */
  greetings(): Promise<readonly string[]>;
  waitUntilReady(): Promise<void>;
}

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it as a user does, with the KUBECONFIG of the tests. */
export async function runRotate(args: readonly string[], input = ''): Promise<Ended> {
  const [node = '', ...command] = rehupCommand(['rotate', ...args]);
  const env = { DATABASE_PASSWORD: ENVIRONMENT_CANARY };
  const { exitCode, stdout, stderr } = await execa(node, command, { input, env, reject: false });
  refuseCanaries([stdout, stderr]);
  return { exitCode, stdout, stderr };
}

/**
 * Reads its greeting by every way there is, and prints it. Ends if it is "bad", and a little later if
 * it is "late"; is ready otherwise. The init container is there for its reference alone.
 */
const APP = `
const read = (path) => require('fs').readFileSync(path + '/greeting', 'utf8');
const all = [read('/etc/app'), read('/etc/projected'), process.env.GREETING, process.env.greeting];
console.log(all.join(' '));
if (all.includes('bad')) process.exit(3);
if (all.includes('late')) setTimeout(() => process.exit(3), 6000);
process.on('SIGTERM', () => process.exit(0));
require('http').createServer((_, response) => response.end()).listen(8080);`;

/** Makes a workload with a reference of each kind to an object that has the greeting "zero". */
export async function startRotation({
  namespace,
  kind = 'Deployment',
  replicas = 1,
  from = 'ConfigMap',
  probe = true,
  spec = {},
}: RotationOptions): Promise<Rotation> {
  const name = randomName('app');
  const base = `${name}-config`;
  const workload = `${kind.toLowerCase()}/${name}`;
  const inNamespace = `--namespace=${namespace}`;
  const data = { greeting: 'zero' };
  const object =
    from === 'ConfigMap' ? configMap(namespace, base, data) : secret(namespace, base, data);
  const labels = { team: 'web' };
  const annotations = { note: 'hello' };
  const marked = { ...object, metadata: { ...object.metadata, labels, annotations } };
  await apply([
    marked,
    buildWorkload({ namespace, kind, replicas, from, probe, spec, name, base }),
  ]);

  const rotation: Rotation = {
    namespace,
    workload,
    base,
    rotate: async (...args) => {
      const option = from === 'ConfigMap' ? '--configmap' : '--secret';
      return await runRotate([workload, option, base, '-n', namespace, '--survive=0s', ...args]);
    },
    names: async () => {
      const { spec: found } = await kubectlJson<{ spec: { template: unknown } }>([
        'get',
        workload,
        inNamespace,
      ]);
      const pattern = new RegExp(`"${base}[a-z0-9-]*"`, 'g');
      const names = JSON.stringify(found.template).match(pattern) ?? [];
      return [...new Set(names.map((quoted) => quoted.slice(1, -1)))];
    },
    revisions: async () => {
      const selector = `--selector=rehup.dev/rotates=${base}`;
      const text = await kubectl(['get', from, inNamespace, selector, '--output=name']);
      return text.split('\n').flatMap((line) => line.split('/')[1] ?? []);
    },
    greetings: async () => {
      const { items } = await kubectlJson<PodList>(['get', 'pods', inNamespace, `-lapp=${name}`]);
      const live = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      return await Promise.all(
        live.map(({ metadata }) => kubectl(['logs', metadata.name, inNamespace, '-c', 'app'])),
      );
    },
    waitUntilReady: async () => {
      const status = ['rollout', 'status', workload, inNamespace, '--timeout=120s'];
      await kubectl(status, { timeoutMs: 130_000 });
    },
  };
  // A workload that nobody has seen yet has no status.
  await waitForCluster(`${workload} to be seen`, async () => await observed(rotation));
  await rotation.waitUntilReady();
  return rotation;
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  }[];
}

async function observed({ workload, namespace }: Rotation): Promise<boolean> {
  const { status } = await kubectlJson<{ status?: { observedGeneration?: number } }>([
    'get',
    workload,
    `--namespace=${namespace}`,
  ]);
  return (status?.observedGeneration ?? 0) > 0;
}

type WorkloadOptions = Required<RotationOptions> & { readonly name: string; readonly base: string };

function buildWorkload(options: WorkloadOptions): KubernetesObject & { readonly spec: object } {
  const { namespace, kind, replicas, from, probe, spec, name, base } = options;
  const isSecret = from === 'Secret';
  const source = isSecret ? 'secret' : 'configMap';
  const image = { image: APP_IMAGE, imagePullPolicy: 'Never' };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      ...(kind === 'Deployment' && { progressDeadlineSeconds: 600 }),
      selector: { matchLabels: { app: name } },
      ...spec,
      template: {
        metadata: { labels: { app: name } },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          initContainers: [
            {
              name: 'init',
              ...image,
              command: ['node', '-e', '0'],
              envFrom: [{ [`${source}Ref`]: { name: base } }],
            },
          ],
          containers: [
            {
              name: 'app',
              ...image,
              command: ['node', '-e', APP],
              env: [
                {
                  name: 'GREETING',
                  valueFrom: { [`${source}KeyRef`]: { name: base, key: 'greeting' } },
                },
              ],
              envFrom: [{ [`${source}Ref`]: { name: base } }],
              ...(probe && {
                readinessProbe: { httpGet: { port: 8080, path: '/' }, periodSeconds: 1 },
              }),
              volumeMounts: [
                { name: 'config', mountPath: '/etc/app' },
                { name: 'projected', mountPath: '/etc/projected' },
              ],
            },
          ],
          volumes: [
            {
              name: 'config',
              ...(isSecret ? { secret: { secretName: base } } : { configMap: { name: base } }),
            },
            { name: 'projected', projected: { sources: [{ [source]: { name: base } }] } },
          ],
        },
      },
    },
  };
}
