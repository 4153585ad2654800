// What the double of the unit tests says of the level `restricted`, asked of the real admission.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { findPods } from '../support/pod-security.ts';
import { isAtLeast, kubeletVersion, randomName } from './support/cluster.ts';
import { kubectl } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';

/** The admission is part of the API server, and does what the label says, from there on. */
const NEEDED = 25;

const root = join(import.meta.dirname, '../..');
const manifests = globSync('examples/*/manifest.yaml', { cwd: root }).toSorted();
const namespace = useNamespace();

let isEnforced = false;
beforeAll(async () => {
  const level = 'pod-security.kubernetes.io/enforce=restricted';
  await kubectl(['label', 'namespace', namespace(), level]);
  isEnforced = isAtLeast(await kubeletVersion(), NEEDED);
});

/** Has the API server look at a pod, and make none. */
async function admit(spec: Readonly<Record<string, unknown>>): Promise<string> {
  // Who the pod acts as is none of the level's business, and need not be there.
  const { serviceAccountName: _, ...rest } = spec;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: randomName('pod'), namespace: namespace() },
    spec: { ...rest, restartPolicy: 'Always' },
  };
  const command = ['create', '--dry-run=server', '--output=name', '--filename=-'];
  return await kubectl(command, { input: JSON.stringify(pod) });
}

describe('a namespace that enforces the level restricted', () => {
  it('refuses a pod that does not say what it goes without', async ({ skip }) => {
    if (!isEnforced) skip(`the admission needs Kubernetes 1.${NEEDED}`);
    const pod = { containers: [{ name: 'app', image: 'app' }] };
    await expect(admit(pod)).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  it.for(manifests)('admits the pods of %s', async (manifest, { skip }) => {
    if (!isEnforced) skip(`the admission needs Kubernetes 1.${NEEDED}`);
    const pods = findPods(readFileSync(join(root, manifest), 'utf8'));
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) expect(await admit(pod)).toMatch(/^pod\//);
  });
});
