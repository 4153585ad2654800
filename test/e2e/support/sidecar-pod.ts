import { apply, randomName, type KubernetesObject } from './cluster.ts';
import { says, type LinePredicate, type LogLine } from './log-line.ts';
import {
  asNativeSidecar,
  configMap,
  configMapVolume,
  inItsPod,
  podManifest,
  rehupContainer,
  type Container,
  type ContainerOptions,
  type PodOptions,
} from './pod-spec.ts';
import { startPod, type Pod } from './pod.ts';

/** Elsewhere than in the app: rehup has to find the app by the volume, not by the path. */
export const REHUP_MOUNT = '/watched/config';

type Data = Readonly<Record<string, string>>;

export interface SidecarPodOptions extends Partial<
  Pick<
    PodOptions,
    'initContainers' | 'restartPolicy' | 'serviceAccountName' | 'shareProcessNamespace' | 'volumes'
  >
> {
  readonly namespace: string;
  /** Of the pod and of its ConfigMap; a random one by default. */
  readonly name?: string;
  readonly apps: readonly Container[];
  readonly rehup?: ContainerOptions;
  readonly nativeSidecar?: boolean;
  /** What the ConfigMap holds at first. Its volume is named `config`. */
  readonly data: Data;
  /** What is applied together with the pod, beside the ConfigMap. */
  readonly objects?: readonly KubernetesObject[];
}

/** A pod with any programs and rehup, and a ConfigMap that rehup watches. */
export interface SidecarPod extends AsyncDisposable {
  readonly pod: Pod;
  readonly configMapName: string;
  /** Replaces the content of the ConfigMap, and leaves the kubelet alone. */
  setData(data: Data): Promise<void>;
  /** Replaces the content of the ConfigMap, and has the kubelet bring it into the pod until the fact holds. */
  changeUntil<T>(data: Data, fact: () => Promise<T>): Promise<T>;
  /** Replaces the content of the ConfigMap, and returns the line of rehup about what came of it. */
  changeAndHear(data: Data, what: string, holds: LinePredicate, nth?: number): Promise<LogLine>;
}

/** Starts the pod, and returns once rehup watches. The programs may still be starting. */
export async function startSidecarPod(options: SidecarPodOptions): Promise<SidecarPod> {
  const { namespace, name = randomName('pod'), apps, data, objects = [] } = options;
  const { nativeSidecar = false, initContainers = [], shareProcessNamespace = true } = options;
  const { mounts, ...rehupOptions } = options.rehup ?? {};
  const { serviceAccountName } = options;
  const plain = rehupContainer({ mounts: { config: REHUP_MOUNT, ...mounts }, ...rehupOptions });
  const rehup = serviceAccountName === undefined ? plain : inItsPod(plain);
  const manifest = podManifest({
    namespace,
    name,
    shareProcessNamespace,
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    ...(options.restartPolicy && { restartPolicy: options.restartPolicy }),
    initContainers: nativeSidecar ? [...initContainers, asNativeSidecar(rehup)] : initContainers,
    containers: nativeSidecar ? apps : [...apps, rehup],
    volumes: { config: configMapVolume(name), ...options.volumes },
  });
  const pod = await startPod(manifest, [configMap(namespace, name, data), ...objects]);
  await pod.waitForLine('rehup', 'that it watches', says('watching'));

  const setData = (next: Data): Promise<void> => apply([configMap(namespace, name, next)]);
  const changeUntil = async <T>(next: Data, fact: () => Promise<T>): Promise<T> => {
    await setData(next);
    return pod.pokeUntil(fact());
  };
  return {
    pod,
    configMapName: name,
    setData,
    changeUntil,
    changeAndHear: (next, what, holds, nth = 1) =>
      changeUntil(next, () => pod.waitForLine('rehup', what, holds, { nth })),
    [Symbol.asyncDispose]: () => pod[Symbol.asyncDispose](),
  };
}
