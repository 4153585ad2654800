import { ENVIRONMENT_CANARY } from '../../support/canary.ts';
import type { KubernetesObject } from './cluster.ts';
import { APP_IMAGE, REHUP_IMAGE } from './image-names.ts';

/** The user of both containers, unless a test is about two users: nothing but its own uid entitles rehup to signal the app. */
export const APP_UID = 10001;

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: object;
  }[];
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly restartPolicy?: 'Always';
}

export interface ContainerOptions {
  readonly name?: string;
  readonly uid?: number;
  /** Instead of what the image would run. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A ConfigMap whose keys become environment variables. */
  readonly envFrom?: string;
  /** Volume name → mount path. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Volume name → the key to mount by subPath, as the file at the path that `mounts` names. */
  readonly subPaths?: Readonly<Record<string, string>>;
}

export type VolumeSource = Readonly<Record<string, unknown>>;

export interface PodOptions {
  readonly namespace: string;
  readonly name: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: Readonly<Record<string, VolumeSource>>;
  readonly shareProcessNamespace?: boolean;
  readonly restartPolicy?: 'Always' | 'Never';
  /** Without one, the pod has no token. */
  readonly serviceAccountName?: string;
}

export interface PodManifest extends KubernetesObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly initContainers: readonly Container[];
    readonly containers: readonly Container[];
  };
}

export function appContainer(options: ContainerOptions = {}): Container {
  return containerOf(APP_IMAGE, options);
}

/** With a secret in its environment, which nothing that it prints may hold. */
export function rehupContainer({ env, ...options }: ContainerOptions = {}): Container {
  return containerOf(REHUP_IMAGE, {
    name: REHUP,
    ...options,
    env: { DATABASE_PASSWORD: ENVIRONMENT_CANARY, ...env },
  });
}

/** The name of rehup's container. */
export const REHUP = 'rehup';

/** The form of a sidecar since Kubernetes 1.29, for the list of init containers. */
export function asNativeSidecar(sidecar: Container): Container {
  return { ...sidecar, restartPolicy: 'Always' };
}

/** With the variables by which rehup knows its pod. */
export function inItsPod(container: Container): Container {
  const identity = [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
  ];
  return { ...container, env: [...container.env, ...identity] };
}

/** A hardened container with the program of that image. */
export function containerOf(image: string, options: ContainerOptions): Container {
  const { name = 'app', uid = APP_UID, command, env = {}, envFrom } = options;
  const { mounts = {}, subPaths = {} } = options;
  return {
    name,
    image,
    ...(command && { command }),
    envFrom: envFrom === undefined ? [] : [{ configMapRef: { name: envFrom } }],
    env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    volumeMounts: Object.entries(mounts).map(([volume, mountPath]) => ({
      name: volume,
      mountPath,
      ...(subPaths[volume] !== undefined && { subPath: subPaths[volume] }),
    })),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

export function podManifest(options: PodOptions): PodManifest {
  const { name, namespace, containers, initContainers = [], volumes, restartPolicy } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      ...(options.shareProcessNamespace && { shareProcessNamespace: true }),
      ...(restartPolicy && { restartPolicy }),
      ...(options.serviceAccountName !== undefined && {
        serviceAccountName: options.serviceAccountName,
      }),
      automountServiceAccountToken: options.serviceAccountName !== undefined,
      // Nothing here needs longer to end, and deleting the namespace waits for it.
      terminationGracePeriodSeconds: 2,
      initContainers,
      containers,
      volumes: Object.entries(volumes).map(([volume, source]) => ({ name: volume, ...source })),
    },
  } as PodManifest;
}

export interface DataObject extends KubernetesObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

export function configMap(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
): DataObject & { readonly data: Readonly<Record<string, string>> } {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

export function secret(
  namespace: string,
  name: string,
  stringData: Readonly<Record<string, string>>,
): DataObject & { readonly stringData: Readonly<Record<string, string>> } {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData };
}

/** A folder that the containers of a pod share, and that outlives a restart of each of them. */
export const emptyDir: VolumeSource = { emptyDir: {} };

export function configMapVolume(name: string): VolumeSource {
  return { configMap: { name } };
}

export function secretVolume(secretName: string): VolumeSource {
  return { secret: { secretName } };
}
