import { randomBytes } from 'node:crypto';

import { kubectl, kubectlJson } from './kubectl.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** `kubectl apply` of everything at once, so that what changes together is not torn apart by a slow start of kubectl. */
export async function apply(objects: readonly KubernetesObject[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await kubectl(['apply', '--filename=-'], { input: JSON.stringify(list) });
}

interface NodeList {
  readonly items: readonly { readonly status: { readonly nodeInfo: { kubeletVersion: string } } }[];
}

/** The oldest kubelet's version. The server's own is empty in a build of Kubernetes without git, and the kubelet is the one that matters here. */
export async function kubeletVersion(): Promise<Version> {
  const nodes = await kubectlJson<NodeList>(['get', 'nodes']);
  const versions = nodes.items.map((node) => parseVersion(node.status.nodeInfo.kubeletVersion));
  const oldest = versions.toSorted((a, b) => a.major - b.major || a.minor - b.minor)[0];
  if (!oldest) throw new Error('the cluster has no nodes');
  return oldest;
}

function parseVersion(text: string): Version {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text) ?? [];
  if (!major || !minor) throw new Error(`not a Kubernetes version: ${text}`);
  return { major: Number(major), minor: Number(minor) };
}

export function isAtLeast(version: Version, minor: number): boolean {
  return version.major > 1 || version.minor >= minor;
}

export function randomName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
