import { existsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

import { kubectlJson } from '../../test/e2e/support/kubectl.ts';

/** What was measured on: what the figures depend on, beside the program. */
export type Machine = {
  cpu: string;
  cores: number;
  memoryGiB: number;
  kernel: string;
  cgroup: 'v1' | 'v2';
  /** Of the processes outside of pods. */
  node: string;
  /** Of the kubelet; absent without a cluster. */
  kubernetes?: string;
  runtime?: string;
  /** How busy it was with other things at the start: the load average of a minute. */
  load: number;
};

type Nodes = {
  items: readonly {
    status: { nodeInfo: { kubeletVersion: string; containerRuntimeVersion: string } };
  }[];
};

export async function describeMachine(): Promise<Machine> {
  const [cpu] = cpus();
  const nodes = await kubectlJson<Nodes>(['get', 'nodes'], { timeoutMs: 10_000 }).catch(
    () => undefined,
  );
  const info = nodes?.items[0]?.status.nodeInfo;
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release().replace(/[-+].*$/, ''),
    cgroup: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'v2' : 'v1',
    node: process.versions.node,
    ...(info && { kubernetes: info.kubeletVersion, runtime: info.containerRuntimeVersion }),
    load: Math.round((loadavg()[0] ?? Number.NaN) * 10) / 10,
  };
}
