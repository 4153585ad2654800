import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { apply, randomName } from '../../test/e2e/support/cluster.ts';
import { waitForCluster } from '../../test/e2e/support/deadline.ts';
import { kubectl, kubectlJson } from '../../test/e2e/support/kubectl.ts';
import {
  APP_UID,
  configMap,
  configMapVolume,
  containerOf,
  emptyDir,
  inItsPod,
  podManifest,
  type Container,
  type PodManifest,
} from '../../test/e2e/support/pod-spec.ts';
import { readRules } from '../../test/e2e/support/rbac.ts';
import { serviceAccount } from '../../test/e2e/support/workloads.ts';
import { pokeKubelet } from '../../test/e2e/support/pod.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { appProgram, parseArrivals, type Arrival } from './app.ts';
import { NotMeasured } from './figure.ts';
import {
  createKubeletWriter,
  payloadOf,
  readGeneration,
  type KubeletWriter,
} from './kubelet-writer.ts';
import { findContainer, type NodeContainer } from './node.ts';

const APP_MOUNT = '/etc/app';
const REHUP_MOUNT = '/watched/config';

/** Where the kubelet keeps the volumes of pods, unless it was told otherwise. */
const KUBELET_PODS = '/var/lib/kubelet/pods';

/** In the image. */
export const NODE = '/usr/local/bin/node';

/** Of both containers. */
export const BENCH_UID = APP_UID;

export type PodOptions = {
  namespace: string;
  /** Of rehup; the app runs on the Node in it. */
  image: string;
  /** Settings of rehup; none by default. */
  env?: Readonly<Record<string, string>>;
  /** Limits of rehup's container. */
  limits?: Readonly<Record<string, string>>;
  /** Instead of what the image runs. */
  rehupCommand?: readonly string[];
  /** Where the app takes a POST, too; nowhere by default. */
  appPort?: number;
  /** With the rights and the identity that prompt sync asks for. */
  prompt?: boolean;
  /** rehup publishes into a directory, which the app mounts instead of the ConfigMap. */
  publish?: boolean;
  /** What is published is taken from the ConfigMaps with this label, `NAME=VALUE`, and from no mount. */
  label?: string;
  /** Return only once rehup watches; by default. Otherwise as soon as its container runs. */
  watch?: boolean;
  /** How many more volumes of the same ConfigMap both containers mount. */
  copies?: number;
};

/** An app, rehup, and a ConfigMap that both mount: nothing configured but what the options say. */
export type BenchPod = AsyncDisposable & {
  /** Its address in the cluster's network. */
  ip: string;
  /** Its ConfigMap volume, on the node. */
  volume: string;
  /** Takes the place of the kubelet: writes the pod's ConfigMap volume on the node. */
  writer: KubeletWriter;
  /** Changes the ConfigMap, and has the kubelet bring it into the pod; returns when it has. */
  update: (generation: number) => Promise<void>;
  /** As of now. */
  container: (name: 'app' | 'rehup') => Promise<NodeContainer>;
  status: (name: 'app' | 'rehup') => Promise<ContainerStatus>;
  arrivals: () => Promise<Arrival[]>;
  /** Waits until rehup has logged this phrase so many times. */
  waitForPhrase: (phrase: string, times: number) => Promise<void>;
  /** When rehup logged this phrase first, wall clock in milliseconds. */
  loggedAt: (phrase: string) => Promise<number>;
  /** How often rehup has logged this phrase. */
  countPhrase: (phrase: string) => Promise<number>;
};

type ContainerStatus = {
  name: string;
  containerID: string;
  restartCount: number;
};

type PodObject = {
  metadata: { uid: string };
  status: { podIP: string; containerStatuses: readonly ContainerStatus[] };
};

/** Starts the pod, and returns once the app is ready and rehup, where it runs, watches. */
export async function startBenchPod(options: PodOptions): Promise<BenchPod> {
  const { namespace, rehupCommand, watch = true } = options;
  const name = randomName('pod');
  const inPod = [name, `--namespace=${namespace}`];
  const role = roleOf(options);
  const account =
    role === undefined ? [] : serviceAccount({ namespace, name, rules: readRules(role, [name]) });
  const objects = [configMap(namespace, name, payloadOf(0)), ...account];
  await apply([...objects, manifestOf(name, options)]);

  const readLog = (container: string): Promise<string> =>
    kubectl(['logs', ...inPod, `--container=${container}`]);
  const countPhrase = async (phrase: string): Promise<number> =>
    (await readLog('rehup')).split(`"msg":${JSON.stringify(phrase)}`).length - 1;
  const waitForPhrase = async (phrase: string, times: number): Promise<void> => {
    await waitForCluster(
      `rehup to log "${phrase}" ${times} times`,
      async () => (await countPhrase(phrase)) >= times,
    );
  };
  const readPod = (): Promise<PodObject> => kubectlJson<PodObject>(['get', 'pod', ...inPod]);
  const status = async (container: string): Promise<ContainerStatus> => {
    const all = (await readPod()).status.containerStatuses;
    const found = all.find((each) => each.name === container);
    if (!found) throw new Error(`the pod ${name} has no status of ${container}`);
    return found;
  };

  await waitForCluster('the app to be ready', async () => (await readLog('app')).includes('ready'));
  if (rehupCommand === undefined && watch) await waitForPhrase('watching', 1);
  const { metadata, status: podStatus } = await waitForCluster(
    'the pod to be reported',
    async () => {
      const pod = await readPod();
      const statuses = pod.status.containerStatuses ?? [];
      return statuses.length === 2 && statuses.every((each) => each.containerID) && pod;
    },
  );
  const volume = `${KUBELET_PODS}/${metadata.uid}/volumes/kubernetes.io~configmap/config`;
  if (!existsSync(volume)) throw new NotMeasured('the node is not this machine');

  return {
    ip: podStatus.podIP,
    volume,
    writer: createKubeletWriter(volume),
    update: async (generation) => {
      await apply([configMap(namespace, name, payloadOf(generation))]);
      await waitForCluster(`the kubelet to write update ${generation}`, async () => {
        // Once is not always enough: the kubelet may sync before it has heard of the new content.
        await pokeKubelet({ namespace, name });
        return waitFor(`update ${generation}`, () => readGeneration(volume) === generation, {
          deadlineMs: POKE_AGAIN_MS,
        });
      });
    },
    container: async (container) => {
      const found = findContainer((await status(container)).containerID);
      if (!found) throw new NotMeasured('the node is not this machine');
      return found;
    },
    status,
    arrivals: async () => parseArrivals(await readLog('app')),
    waitForPhrase,
    countPhrase,
    loggedAt: async (phrase) => {
      const lines = (await readLog('rehup')).split('\n');
      const line = lines.find((each) => each.includes(`"msg":${JSON.stringify(phrase)}`));
      return Date.parse((JSON.parse(line ?? '{}') as { time: string }).time);
    },
    [Symbol.asyncDispose]: async () => {
      await kubectl(['delete', 'pod', ...inPod, '--wait=false', '--ignore-not-found']);
    },
  };
}

const POKE_AGAIN_MS = 3000;

/** In examples/rbac. */
function roleOf({ prompt, label }: PodOptions): string | undefined {
  if (prompt === true) return 'prompt.yaml';
  return label === undefined ? undefined : 'source-labels.yaml';
}

const PUBLISHED = '/published';

function manifestOf(name: string, options: PodOptions): PodManifest {
  const { namespace, image, env = {}, limits, rehupCommand, copies = 0, prompt = false } = options;
  const { label } = options;
  const publish = options.publish ?? label !== undefined;
  const published: Record<string, string> = publish ? { published: PUBLISHED } : {};
  const names = Array.from({ length: copies }, (_, index) => `copy-${index}`);
  const more = Object.fromEntries(names.map((volume) => [volume, `/more/${volume}`]));
  const volumes = ['config', ...names].map((volume) => [volume, configMapVolume(name)]);
  const app = containerOf(image, {
    command: [NODE, '--eval', appProgram(APP_MOUNT, options.appPort)],
    mounts: { [publish ? 'published' : 'config']: APP_MOUNT, ...more },
  });
  const rehup: Container = containerOf(image, {
    name: 'rehup',
    ...(rehupCommand && { command: rehupCommand }),
    env: {
      ...env,
      ...(prompt && { REHUP_PROMPT: 'true' }),
      ...(publish && { REHUP_PUBLISH: PUBLISHED }),
      ...(label !== undefined && { REHUP_SOURCE: `configmap?label=${label}` }),
    },
    mounts: { config: REHUP_MOUNT, ...published, ...more },
  });
  const account = roleOf(options) !== undefined;
  const limited = { ...rehup, ...(limits && { resources: { limits } }) };
  return podManifest({
    namespace,
    name,
    shareProcessNamespace: true,
    ...(account && { serviceAccountName: name }),
    containers: [app, account ? inItsPod(limited) : limited],
    volumes: { ...Object.fromEntries(volumes), ...(publish && { published: emptyDir }) },
  });
}

/** Waits until so much time of the same clock has passed since then, in milliseconds. */
export async function pace(since: bigint, ms: number): Promise<void> {
  await delay(Math.max(0, ms - Number(process.hrtime.bigint() - since) / 1e6));
}
