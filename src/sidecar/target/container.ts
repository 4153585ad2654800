import { type CgroupPod, parseCgroupPod, parseContainerId } from '../../system/proc/cgroup.ts';
import { isKubeletPlace, type MountEntry, parseKubeletRoot } from '../../system/proc/mountinfo.ts';

/**
 * Which container a process is in. This is the one place that tells, from what any uid may read: the
 * kubelet's paths among the process's mounts, and the path of its cgroup. The kubelet gives each run
 * of a container a termination log of its own; what is left of an earlier run shows that one's.
 */
export type Container = {
  /** Equal for processes of one run of one container; undefined outside containers. */
  id: string | undefined;
  /** The name in the pod spec, from its termination log. */
  name: string | undefined;
  /** Which of its runs: the random part of the path of the log. Known where the name is. */
  instance: string | undefined;
  podUid: string | undefined;
  /** The pod's uid does not show, but the cgroup is one of the reader's own pod. */
  isBesideOwn: boolean;
};

export function identifyContainer(mounts: readonly MountEntry[], cgroup: string): Container {
  // Where the kubelet itself mounts, it is the node's mounts that show, for one pod and another.
  const ownMounts = mounts.filter(({ mountPoint }) => !isKubeletPlace(mountPoint));
  const origins = ownMounts.flatMap(({ root }) => parseKubeletRoot(root) ?? []);
  const named = origins.find((origin) => origin.kind === 'container');
  // Of a chrooted process, only the volumes below its root show.
  const origin = named ?? origins.find(({ kind }) => kind === 'hosts') ?? origins[0];
  const byCgroup: CgroupPod = parseCgroupPod(cgroup);
  const podUid = origin?.podUid ?? byCgroup.podUid;
  const isBesideOwn = podUid === undefined && byCgroup.isBesideOwn;
  if (named === undefined) {
    const id = parseContainerId(cgroup);
    return { id, name: undefined, instance: undefined, podUid, isBesideOwn };
  }
  const { container: name, instance } = named;
  return { id: `${named.podUid}/${name}/${instance}`, name, instance, podUid, isBesideOwn };
}

/** By pod and name, whichever the run; by the cgroup, where names do not show. */
export function isSameContainer(one: Container, other: Container): boolean {
  if (one.name === undefined || other.name === undefined) {
    return one.id !== undefined && one.id === other.id;
  }
  return one.name === other.name && one.podUid === other.podUid;
}
