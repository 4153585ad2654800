import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { KubeletVolumeOptions, Payload } from '../kubelet-volume.ts';

export interface VolumeSpec {
  readonly payload: Payload;
  /** `secret` stands for all kinds on a tmpfs of their own. Default `configmap`. */
  readonly kind?: 'configmap' | 'secret' | 'empty-dir';
  /** A file system of its own in memory, as large as this: an emptyDir with `medium: Memory` and a `sizeLimit`. */
  readonly memory?: string;
  readonly options?: Omit<KubeletVolumeOptions, 'root'>;
}

export interface VolumeMount {
  readonly volume: string;
  /** Default: `/etc/<volume>`. Must lie right below `/etc`, or anywhere below `/run`. */
  readonly path?: string;
  readonly subPath?: string;
}

export interface PodSpec {
  readonly volumes: Readonly<Record<string, VolumeSpec>>;
  /** What each container mounts. */
  readonly containers: Readonly<Record<string, readonly VolumeMount[]>>;
}

export interface PodPaths {
  readonly base: string;
  readonly hosts: string;
  readonly hostEtc: string;
  readonly volume: (name: string, spec: VolumeSpec) => string;
  /** Of the first run of the container, or a later one: each has a file of its own. */
  readonly terminationLog: (container: string, run?: number) => string;
}

/** Scenes may see each other's processes: no two are of one pod. */
function podUid(base: string): string {
  const digits = createHash('sha256').update(base).digest('hex').slice(0, 12);
  return `6f0a1c1e-0000-4000-8000-${digits}`;
}

const FIRST_INSTANCE = 0x1a2b3c4d;

/** The kubelet's tree below its root directory, `/var/lib/kubelet` on a node. */
export function podPaths(base: string): PodPaths {
  const pod = join(base, 'kubelet/pods', podUid(base));
  return {
    base,
    hosts: join(pod, 'etc-hosts'),
    hostEtc: join(base, 'host-etc'),
    volume: (name, { kind = 'configmap' }) => join(pod, `volumes/kubernetes.io~${kind}`, name),
    terminationLog: (container, run = 0) =>
      join(pod, 'containers', container, (FIRST_INSTANCE + run).toString(16)),
  };
}

/** Whether the kubelet mounts a file system for it, of which a container only sees what is bound into it. */
export function isMounted({ kind, memory }: VolumeSpec): boolean {
  return kind === 'secret' || memory !== undefined;
}

export function mountPathOf({ volume, path = `/etc/${volume}` }: VolumeMount): string {
  return path;
}
