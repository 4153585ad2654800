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
