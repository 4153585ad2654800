import { hasRead, isStarted, type LogLine } from './log-line.ts';
import { appContainer, type ContainerOptions } from './pod-spec.ts';
import { startSidecarPod, type SidecarPod, type SidecarPodOptions } from './sidecar-pod.ts';

const APP_MOUNT = '/etc/app';

/** The file of the app whose content the tests change. */
export const GREETING = `${APP_MOUNT}/greeting`;

export interface ScenarioOptions extends Omit<SidecarPodOptions, 'namespace' | 'apps' | 'data'> {
  /** The containers that run the test application; one, named `app`, by default. */
  readonly apps?: readonly ContainerOptions[];
}

/** A pod with the test application and rehup, which share a ConfigMap with one key, `greeting`. */
export interface Scenario extends SidecarPod {
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
  const { apps = [{}], ...others } = options;
  const appContainers = apps.map((app) =>
    appContainer({
      ...app,
      env: { APP_FILES: GREETING, ...app.env },
      mounts: { config: APP_MOUNT, ...app.mounts },
    }),
  );
  const sidecarPod = await startSidecarPod({
    ...others,
    namespace,
    apps: appContainers,
    data: { greeting: 'one' },
  });
  const { pod } = sidecarPod;
  await Promise.all(
    appContainers.map((app) => pod.waitForLine(app.name, 'that it has started', isStarted)),
  );
  return {
    ...sidecarPod,
    setGreeting: (text) => sidecarPod.setData({ greeting: text }),
    reloadWith: (text, app = 'app') =>
      sidecarPod.changeUntil({ greeting: text }, () =>
        pod.waitForLine(app, `that it has reloaded and read "${text}"`, hasRead(GREETING, text)),
      ),
  };
}
