/**
 * Tells containers apart by `/proc/<pid>/cgroup` where mountinfo names none: the last 64-digit
 * container ID in it (any runtime, cgroup v1 and v2), else the path of the v2 hierarchy, which is
 * `/` for the reader's own container in a private cgroup namespace and `/../…` for its siblings.
 */
export function parseContainerId(text: string): string | undefined {
  const ids = text.match(/[0-9a-f]{64}/g);
  if (ids) return ids.at(-1);
  return /^0::(\/.*)$/m.exec(text)?.[1];
}

/** What the path of a cgroup tells of the pod: its uid, or that it is the reader's. */
export type CgroupPod = { podUid: string | undefined; isBesideOwn: boolean };

/** `pod6f0a1c1e-…`, with underscores below systemd's slices; of a static pod, a hash. */
const POD =
  /pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?:\/|$)/m;

/**
 * From a private cgroup namespace (v2), the way up ends at what is next to the reader's own container:
 * in its pod's cgroup lie that pod's containers alone. A way into another pod names that pod, and one
 * out of all pods the slice it leads to.
 */
const BESIDE = /^0::\/(?:\.\.\/)+[^/]*[0-9a-f]{64}[^/]*(?:\/|$)/m;

export function parseCgroupPod(text: string): CgroupPod {
  const podUid = POD.exec(text)?.[1]?.replaceAll('_', '-');
  return { podUid, isBesideOwn: podUid === undefined && BESIDE.test(text) };
}

/** Container IDs are told from paths that a whole machine may share. */
export function isContainerId(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}
