import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { waitForCluster } from './deadline.ts';
import { getRaw, kubectlJson } from './kubectl.ts';
import type { Pod } from './pod.ts';

export interface Memory {
  readonly anonymous: number;
  /** What the kubelet counts against a memory limit: all in use but the file cache that can be dropped. */
  readonly workingSet: number;
  readonly source: string;
}

/** Where containerd keeps the cgroups of containers on a node with cgroup v1 and its default driver. */
const CGROUP_V1 = '/sys/fs/cgroup/memory/k8s.io';

/**
 * What a container holds now. From its cgroup, if the node is this machine; otherwise from the
 * kubelet, which looks every ten to fifteen seconds, and says nothing of anonymous memory when it
 * is as old as 1.20.
 */
export async function readMemory(pod: Pod, container: string): Promise<Memory> {
  const { containerID } = await pod.status(container);
  const cgroup = join(CGROUP_V1, containerID.replace(/^.*:\/\//, ''));
  return existsSync(cgroup) ? readCgroup(cgroup) : readFromKubelet(pod, container);
}

function readCgroup(cgroup: string): Memory {
  const stat = readFileSync(join(cgroup, 'memory.stat'), 'utf8');
  const valueOf = (field: string): number =>
    Number(new RegExp(`^${field} (\\d+)$`, 'm').exec(stat)?.[1]);
  const usage = Number(readFileSync(join(cgroup, 'memory.usage_in_bytes'), 'utf8'));
  return {
    anonymous: valueOf('total_rss'),
    workingSet: usage - valueOf('total_inactive_file'),
    source: 'cgroup v1',
  };
}

interface StatsSummary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly {
      readonly name: string;
      readonly memory?: {
        readonly time: string;
        readonly workingSetBytes?: number;
        readonly rssBytes?: number;
      };
    }[];
  }[];
}

async function readFromKubelet(pod: Pod, container: string): Promise<Memory> {
  const asked = Date.now();
  const { nodeName } = (
    await kubectlJson<{ spec: { nodeName: string } }>([
      'get',
      'pod',
      pod.name,
      `--namespace=${pod.namespace}`,
    ])
  ).spec;
  return waitForCluster(`memory figures of ${container} younger than now`, async () => {
    const text = await getRaw(`/api/v1/nodes/${nodeName}/proxy/stats/summary`);
    const memory = (JSON.parse(text) as StatsSummary).pods
      .find(({ podRef }) => podRef.name === pod.name && podRef.namespace === pod.namespace)
      ?.containers?.find(({ name }) => name === container)?.memory;
    if (!memory?.rssBytes || !memory.workingSetBytes) return undefined;
    if (Date.parse(memory.time) < asked) return undefined;
    const { rssBytes, workingSetBytes } = memory;
    return { anonymous: rssBytes, workingSet: workingSetBytes, source: 'kubelet' };
  });
}

interface NodeList {
  readonly items: readonly {
    readonly status: {
      readonly images?: readonly {
        readonly names?: readonly string[];
        readonly sizeBytes: number;
      }[];
    };
  }[];
}

/** As the node reports it, a while after loading. Unpacked layers where the image came as an archive, so more than a registry would send. */
export async function readImageSize(image: string): Promise<number | undefined> {
  const nodes = await kubectlJson<NodeList>(['get', 'nodes']);
  const images = nodes.items.flatMap(({ status }) => status.images ?? []);
  return images.find(({ names }) => names?.includes(image))?.sizeBytes;
}
