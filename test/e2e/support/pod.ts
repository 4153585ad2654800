import { setTimeout as delay } from 'node:timers/promises';

import { refuseCanaries } from '../../support/canary.ts';
import { apply, type KubernetesObject } from './cluster.ts';
import { DEADLINE_MS, waitForCluster } from './deadline.ts';
import { kubectl, kubectlJson, type PodName } from './kubectl.ts';
import { followLog, type LogFollower } from './log-follower.ts';
import { parseLogLine, type LinePredicate, type LogLine } from './log-line.ts';
import { explainFailure } from './pod-report.ts';
import { type PodManifest, REHUP } from './pod-spec.ts';

interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly containerID: string;
  readonly state: { readonly running?: unknown };
}

export interface Pod extends PodName, AsyncDisposable {
  /** Their names, as in the pod's specification. */
  readonly containers: readonly string[];
  /** All that the container's present run has printed so far. */
  logs(container: string): Promise<readonly LogLine[]>;
  /** Follows the log, over restarts, until the `nth` line (the first, by default) for which `holds` is true. */
  waitForLine(
    container: string,
    what: string,
    holds: LinePredicate,
    options?: { readonly nth?: number },
  ): Promise<LogLine>;
  exec(container: string, ...command: string[]): Promise<string>;
  status(container: string): Promise<ContainerStatus>;
  /** Has the kubelet sync the pod at once, again and again, until the fact holds. */
  pokeUntil<T>(fact: Promise<T>): Promise<T>;
}

/** The annotation whose change makes the kubelet sync a pod at once; otherwise that takes it 60 to 90 seconds. */
export const POKE_ANNOTATION = 'rehup.dev/e2e-poke';

const POKE_AGAIN_MS = 3_000;

/** Applies the objects and the pod together. Its containers need not run yet: wait for their lines. */
export async function startPod(
  manifest: PodManifest,
  objects: readonly KubernetesObject[],
): Promise<Pod> {
  await apply([...objects, manifest]);
  const { initContainers, containers } = manifest.spec;
  return followPod(
    manifest.metadata,
    [...initContainers, ...containers].map((container) => container.name),
  );
}

/** A pod that exists already. It is deleted on disposal. */
export function followPod(pod: PodName, containers: readonly string[]): Pod {
  const { namespace, name } = pod;
  const inPod = [`--namespace=${namespace}`, name];
  const logsCommand = (container: string): string[] => [
    'logs',
    ...inPod,
    `--container=${container}`,
  ];
  const followers = new Map<string, LogFollower>(
    containers.map((container) => [container, followLog(logsCommand(container))]),
  );

  return {
    namespace,
    name,
    containers,
    async logs(container) {
      const text = await kubectl(logsCommand(container));
      return text.split('\n').filter(Boolean).map(parseLogLine);
    },
    async waitForLine(container, what, holds, { nth = 1 } = {}) {
      const follower = followers.get(container);
      if (!follower) throw new Error(`the pod ${name} has no container ${container}`);
      const expired = new AbortController();
      const found = await Promise.race([
        follower.find(holds, nth),
        delay(DEADLINE_MS, undefined, { signal: expired.signal }).catch(() => undefined),
      ]);
      expired.abort();
      if (found) return found;
      throw await explainFailure(pod, containers, `${container} did not print ${what}`);
    },
    exec: async (container, ...command) => {
      const printed = await kubectl([
        'exec',
        ...inPod,
        `--container=${container}`,
        '--',
        ...command,
      ]);
      if (container === REHUP) refuseCanaries([printed]);
      return printed;
    },
    status: (container) => readStatus(pod, container),
    pokeUntil: (fact) => pokeUntil(pod, fact),
    async [Symbol.asyncDispose]() {
      await Promise.all([...followers.values()].map((each) => each[Symbol.asyncDispose]()));
      await kubectl(['delete', 'pod', ...inPod, '--wait=false', '--ignore-not-found']);
      refuseCanaries(followers.get(REHUP)?.lines.map(({ text }) => text) ?? []);
    },
  };
}

interface PodStatus {
  readonly status: {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** The kubelet reports a container some time after it has begun to run. */
function readStatus(pod: PodName, container: string): Promise<ContainerStatus> {
  return waitForCluster(`the status of ${container} in the pod ${pod.name}`, async () => {
    const { status } = await kubectlJson<PodStatus>([
      'get',
      'pod',
      pod.name,
      `--namespace=${pod.namespace}`,
    ]);
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    return all.find((each) => each.name === container);
  });
}

/** Waits until the kubelet has restarted the container this many times, and it runs. */
export async function waitForRestart(pod: Pod, container: string, restarts = 1): Promise<void> {
  await waitForCluster(`restart ${restarts} of ${container}`, async () => {
    const { restartCount, state } = await pod.status(container);
    return restartCount >= restarts && state.running !== undefined;
  });
}

/** Changes the annotation, so that the kubelet syncs the pod now. Every value is new: an equal one would be no change. */
export async function pokeKubelet({ namespace, name }: PodName): Promise<string> {
  const value = process.hrtime.bigint().toString();
  await kubectl([
    'annotate',
    'pod',
    name,
    `--namespace=${namespace}`,
    '--overwrite',
    `${POKE_ANNOTATION}=${value}`,
  ]);
  return value;
}

/** Once is not always enough: the kubelet may sync before its own watch has told it of the new content. */
async function pokeUntil<T>(pod: PodName, fact: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const poking = async (): Promise<void> => {
    while (!settled.signal.aborted) {
      await pokeKubelet(pod);
      await delay(POKE_AGAIN_MS, undefined, { signal: settled.signal }).catch(() => undefined);
    }
  };
  const [result] = await Promise.all([fact.finally(() => settled.abort()), poking()]);
  return result;
}
