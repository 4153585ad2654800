import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/system/clock.ts';
import { createKubeClient, type KubeClient } from '../../../../src/kubernetes/client.ts';
import { findWorkload, type Workload } from '../../../../src/kubernetes/owner.ts';
import type { KubeRequest } from '../../../../src/kubernetes/request.ts';
import type { OwnerReference } from '../../../../src/kubernetes/types.ts';
import {
  HASH_ANNOTATION,
  rollOut,
  type RolledOut,
} from '../../../../src/kubernetes/rollout/roll-out.ts';
import { parseWorkload, readWorkload } from '../../../../src/kubernetes/rollout/workload.ts';
import { type ApiServer, startApiServer, TOKEN } from '../../../support/api-server.ts';
import { useAuthority } from '../../../support/use-authority.ts';

const authority = useAuthority();

const namespace = 'web';
const DEPLOYMENT = { resource: 'deployments', namespace, name: 'web' };
const CONFIG = { resource: 'configmaps', namespace, name: 'app-config' };

const signal = new AbortController().signal;

const template = {
  spec: {
    containers: [{ name: 'app' }],
    volumes: [{ name: 'config', configMap: { name: CONFIG.name } }],
  },
};

function setContent(api: ApiServer, text: string): void {
  api.objects.put(CONFIG, { data: { greeting: text } } as object);
}

async function startApi(): Promise<ApiServer> {
  const { pem: tls } = await authority().issue('kubernetes');
  const api = await startApiServer({ tls });
  setContent(api, 'one');
  api.objects.put(DEPLOYMENT, { kind: 'Deployment', spec: { replicas: 3, template } } as object);
  return api;
}

function connect({ port }: ApiServer): KubeClient {
  return createKubeClient({
    server: new URL(`https://127.0.0.1:${port}`),
    options: async () => ({
      ca: await readFile(authority().caFile),
      headers: { authorization: `Bearer ${TOKEN}` },
    }),
  });
}

async function roll(client: KubeClient): Promise<RolledOut> {
  const reference = parseWorkload('deployment/web');
  if (reference === undefined) throw new Error('no workload');
  const read = async (): ReturnType<typeof readWorkload> =>
    await readWorkload(client, reference, namespace, signal);
  return await rollOut(
    { client, namespace, read, clock: systemClock, random: Math.random },
    signal,
  );
}

function hashIn(api: ApiServer): string | undefined {
  const { spec } = api.objects.get(DEPLOYMENT) as Workload;
  return spec.template.metadata?.annotations?.[HASH_ANNOTATION];
}

describe('rolling out the content', () => {
  it('by ten replicas at once is one change of the template', async () => {
    await using api = await startApi();
    const replicas = Array.from({ length: 10 }, async () => await roll(connect(api)));
    const results = await Promise.all(replicas);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(results.map(({ hash }) => hash))).toEqual(new Set([hashIn(api)]));
  });

  it('is nothing where the pods were made for it', async () => {
    await using api = await startApi();
    await roll(connect(api));
    const version = api.objects.version();
    expect(await roll(connect(api))).toMatchObject({ started: false });
    expect(api.objects.version()).toBe(version);
  });

  it('never puts an older hash back, however late a replica comes with it', async () => {
    await using api = await startApi();
    const quick = connect(api);
    const patches: KubeRequest[] = [];
    // Between what this replica has read and what it writes, content and template move on.
    const late: KubeClient = {
      ...quick,
      request: async (request, abort) => {
        if (request.verb === 'patch' && patches.push(request) === 1) {
          setContent(api, 'two');
          await roll(quick);
        }
        return await quick.request(request, abort);
      },
    };

    const { hash, started } = await roll(late);

    const [patch] = patches.map(({ body }) => JSON.stringify(body));
    expect(patch).not.toContain(hash);
    expect({ started, hash }).toEqual({ started: false, hash: hashIn(api) });
  });

  it('counts an object that is not there, and one that comes to be', async () => {
    await using api = await startApi();
    api.objects.delete(CONFIG);
    const { hash: without } = await roll(connect(api));
    setContent(api, 'one');
    expect(await roll(connect(api))).toMatchObject({ started: true });
    expect(hashIn(api)).not.toBe(without);
  });

  it('names the verb that is missing', async () => {
    await using api = await startApi();
    api.forbid({ verb: 'get', resource: 'configmaps' });
    await expect(roll(connect(api))).rejects.toMatchObject({
      kind: 'forbidden',
      remedy:
        'add to its Role: - {apiGroups: [""], resources: ["configmaps"], resourceNames: ["app-config"], verbs: ["get"]}',
    });
  });
});

describe('the workload of a pod', () => {
  type Owner = { apiVersion: string; kind: string; resource: string; name: string };

  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    resource: 'replicasets',
    name: 'web-5d8',
  };

  /** Makes each the owner of the one before it, a pod first. */
  function own(api: ApiServer, owners: readonly Owner[]): { metadata: { name: string } } {
    let references: OwnerReference[] = [];
    for (const { apiVersion, kind, resource, name } of owners.toReversed()) {
      const draft = { metadata: { ownerReferences: references }, spec: { template } };
      const { uid } = api.objects.put({ resource, namespace, name }, draft).metadata;
      references = [{ apiVersion, kind, name, uid, controller: true }];
    }
    const metadata = { ownerReferences: references };
    return api.objects.put({ resource: 'pods', namespace, name: 'web-5d8-x' }, { metadata });
  }

  it.each([
    {
      kind: 'Deployment',
      owners: [
        replicaSet,
        { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', name: 'web' },
      ],
    },
    {
      kind: 'Rollout',
      owners: [
        replicaSet,
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          resource: 'rollouts',
          name: 'web',
        },
      ],
    },
    {
      kind: 'StatefulSet',
      owners: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', resource: 'statefulsets', name: 'web' },
      ],
    },
    {
      kind: 'DaemonSet',
      owners: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', resource: 'daemonsets', name: 'web' }],
    },
    { kind: 'ReplicaSet', owners: [replicaSet] },
  ])('is its $kind', async ({ kind, owners }) => {
    await using api = await startApi();
    const pod = own(api, owners);
    const found = await findWorkload(connect(api), pod as never, signal);
    expect(found).toMatchObject({
      kind,
      workload: { metadata: { name: owners.at(-1)?.name } },
    });
  });

  it('is none for a pod of its own', async () => {
    await using api = await startApi();
    expect(await findWorkload(connect(api), own(api, []) as never, signal)).toBeUndefined();
  });

  it('is refused where the name belongs to another object by now', async () => {
    await using api = await startApi();
    const pod = own(api, [replicaSet]);
    const address = { resource: 'replicasets', namespace, name: replicaSet.name };
    api.objects.delete(address);
    api.objects.put(address, { spec: { template } } as object);
    await expect(findWorkload(connect(api), pod as never, signal)).rejects.toMatchObject({
      message: expect.stringContaining('was deleted; another one has its name'),
    });
  });

  it.each([
    { apiVersion: 'batch/v1', kind: 'Job' },
    { apiVersion: 'example.org/v1', kind: 'Deployment' },
  ])('is refused where $kind ($apiVersion) has no rolling restart', async (owner) => {
    await using api = await startApi();
    const pod = own(api, [{ ...owner, resource: 'jobs', name: 'once' }]);
    await expect(findWorkload(connect(api), pod as never, signal)).rejects.toMatchObject({
      message: expect.stringContaining('has no rolling restart'),
      remedy: expect.stringContaining('REHUP_RESTART=container'),
    });
  });
});
