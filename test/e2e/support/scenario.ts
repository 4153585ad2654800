import { apply, randomName } from './cluster.ts';
import { hasRead, isStarted, says, type LogLine } from './log-line.ts';
import {
  appContainer,
  asNativeSidecar,
  configMap,
  configMapVolume,
  podManifest,
  rehupContainer,
  type ContainerOptions,
  type VolumeSource,
} from './pod-spec.ts';
import { startPod, type Pod } from './pod.ts';

/** Where the ConfigMap stands: elsewhere in the sidecar, since rehup has to find the app by the volume, not by the path. */
const APP_MOUNT = '/etc/app';
const REHUP_MOUNT = '/watched/config';

/** The file of the app whose content the tests change. */
export const GREETING = `${APP_MOUNT}/greeting`;

export interface ScenarioOptions {
  /** The containers that run the test application; one, named `app`, by default. */
  readonly apps?: readonly ContainerOptions[];
  readonly rehup?: ContainerOptions;
  readonly nativeSidecar?: boolean;
  readonly shareProcessNamespace?: boolean;
  /** Volumes beside the ConfigMap's, which is named `config`. */
  readonly volumes?: Readonly<Record<string, VolumeSource>>;
}

/** A pod with the test application and rehup, which share a ConfigMap with one key, `greeting`. */
export interface Scenario extends AsyncDisposable {
  readonly pod: Pod;
  readonly configMapName: string;
  /** Changes the ConfigMap, and leaves the kubelet alone. */
  setGreeting(text: string): Promise<void>;
  /** Changes the ConfigMap, and returns the app's line about the reload in which it read the new text. */
  reloadWith(text: string, app?: string): Promise<LogLine>;
}

/** Starts the pod, and returns once every app has started and rehup watches. */
export async function startScenario(
  namespace: string,
  options: ScenarioOptions = {},
): Promise<Scenario> {
  const { apps = [{}], nativeSidecar = false, shareProcessNamespace = true } = options;
  const name = randomName('pod');
  const appContainers = apps.map((app) =>
    appContainer({
      ...app,
      env: { APP_FILES: GREETING, ...app.env },
      mounts: { config: APP_MOUNT, ...app.mounts },
    }),
  );
  const rehup = rehupContainer({ mounts: { config: REHUP_MOUNT }, ...options.rehup });
  const manifest = podManifest({
    namespace,
    name,
    shareProcessNamespace,
    initContainers: nativeSidecar ? [asNativeSidecar(rehup)] : [],
    containers: nativeSidecar ? appContainers : [...appContainers, rehup],
    volumes: { ...options.volumes, config: configMapVolume(name) },
  });
  const pod = await startPod(manifest, [configMap(namespace, name, { greeting: 'one' })]);
  await Promise.all([
    ...appContainers.map((app) => pod.waitForLine(app.name, 'that it has started', isStarted)),
    pod.waitForLine('rehup', 'that it watches', says('watching')),
  ]);

  const setGreeting = (text: string): Promise<void> =>
    apply([configMap(namespace, name, { greeting: text })]);
  return {
    pod,
    configMapName: name,
    setGreeting,
    async reloadWith(text, app = 'app') {
      await setGreeting(text);
      return pod.pokeUntil(
        pod.waitForLine(app, `that it has reloaded and read "${text}"`, hasRead(GREETING, text)),
      );
    },
    [Symbol.asyncDispose]: () => pod[Symbol.asyncDispose](),
  };
}
