/**
 * Other reloaders on the node of the bench, in one pod, after ten updates of a volume of two small keys, 2 s
 * apart: anonymous memory of the container's cgroup. Measured by hand on 22 November 2026; docs/performance.md
 * has the versions.
 */
export const peers: readonly { name: string; mebibytes: number }[] = [
  { name: 'configmap-reload', mebibytes: 1.8 },
  { name: 'config-reloader-sidecar', mebibytes: 1.8 },
  { name: 'prometheus-config-reloader', mebibytes: 6.9 },
];

/**
 * What users of k8s-sidecar say that one container of it takes, in their public threads; how many objects it held, and
 * whether it was at rest, they do not say. It could not be run on the node of the bench.
 */
export const reported: readonly { version: string; mebibytes: number; thread: string }[] = [
  { version: '1.30.10', mebibytes: 80, thread: 'kiwigrid/k8s-sidecar#462' },
  { version: '2.1.2', mebibytes: 189, thread: 'kiwigrid/k8s-sidecar#462' },
  { version: '2.2.2', mebibytes: 112, thread: 'kiwigrid/k8s-sidecar#504' },
  { version: '2.1.4', mebibytes: 270, thread: 'defenseunicorns/uds-core#2207' },
  { version: 'of March 2026', mebibytes: 275, thread: 'trueforge-org/truecharts#46287' },
];
