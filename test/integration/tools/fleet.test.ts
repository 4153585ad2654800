import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeClient, type KubeClient } from '../../../src/kubernetes/client.ts';
import { inClusterConnection } from '../../../src/kubernetes/in-cluster.ts';
import { openCluster } from '../../../src/kubernetes/kubeconfig.ts';
import { type PodSelection, selectPods } from '../../../src/kubernetes/select-pods.ts';
import { readSourceObject } from '../../../src/kubernetes/source-object.ts';
import type { Pod } from '../../../src/kubernetes/types.ts';
import {
  applyObject,
  describeApplied,
  diffApplied,
  hasChanged,
} from '../../../src/tools/fleet/apply-objects.ts';
import { readObjects } from '../../../src/tools/fleet/objects.ts';
import { openConnections, syncPods } from '../../../src/tools/fleet/sync-pods.ts';
import { findWanted } from '../../../src/tools/fleet/wanted.ts';
import { openssl } from '../../support/abilities.ts';
import { answers, type ApiServer, startApiServer, TOKEN } from '../../support/api-server.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { useAuthority } from '../../support/use-authority.ts';

const { signal: never } = new AbortController();

function put(api: ApiServer, name: string, more: object = {}): void {
  const labels = { app: 'web' };
  const draft = { metadata: { labels }, spec: { containers: [{ name: 'app' }] }, ...more };
  api.objects.put({ resource: 'pods', namespace: 'web', name }, draft);
}

function wantedOf(text: string): ReturnType<typeof findWanted>[number] {
  const [wanted] = findWanted([{ file: 'a.yaml', text }], 'web');
  if (wanted === undefined) throw new Error('nothing is wanted');
  return wanted;
}

function kubeconfigOf(server: string): string {
  const context = { cluster: 'one', user: 'me' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'one', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'me', user: { token: TOKEN } }],
    contexts: [{ name: 'one', context }],
    'current-context': 'one',
  });
}

describe.skipIf(openssl.missing)(`a fleet, by an API server${openssl.note}`, () => {
  const authority = useAuthority();

  interface Scene extends AsyncDisposable {
    readonly api: ApiServer;
    readonly client: KubeClient;
    readonly select: (selection: Partial<PodSelection>) => Promise<string[]>;
    readonly pods: () => Promise<Pod[]>;
  }

  /** A Deployment with two pods that run, one that has ended and one on its way out; and another pod. */
  async function setUp(): Promise<Scene> {
    await using stack = new AsyncDisposableStack();
    const dir = stack.use(await createTempDir());
    const { pem: tls } = await authority().issue('kubernetes');
    const api = stack.use(await startApiServer({ tls }));
    const spec = { selector: { matchLabels: { app: 'web' } }, template: {} };
    const workload = { metadata: {}, spec };
    api.objects.put({ resource: 'deployments', namespace: 'web', name: 'web' }, workload);
    put(api, 'web-2');
    put(api, 'web-1');
    put(api, 'web-old', { status: { phase: 'Failed' } });
    put(api, 'web-going', { metadata: { labels: { app: 'web' }, deletionTimestamp: 'now' } });
    put(api, 'other', { metadata: { labels: { app: 'other' } } });
    await writeFile(join(dir.path, 'token'), TOKEN);
    await writeFile(join(dir.path, 'ca.crt'), readFileSync(authority().caFile));
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(api.port) };
    const client = createKubeClient(inClusterConnection(env, dir.path));
    const read = async (selection: Partial<PodSelection>): Promise<Pod[]> =>
      await selectPods({ names: [], ...selection }, { client, namespace: 'web' }, never);
    const owned = stack.move();
    return {
      api,
      client,
      select: async (selection) => (await read(selection)).map(({ metadata }) => metadata.name),
      pods: async () => await read({ names: ['deploy/web'] }),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  }

  it('is the pods of a workload that run, those of labels, or those that are named', async () => {
    await using scene = await setUp();
    expect(await scene.select({ names: ['deployment/web'] })).toEqual(['web-1', 'web-2']);
    expect(await scene.select({ selector: 'app=other' })).toEqual(['other']);
    expect(await scene.select({ names: ['pod/other', 'deploy/web', 'web-1'] })).toEqual([
      'other',
      'web-1',
      'web-2',
    ]);
  });

  it.each([
    [{ names: ['gone'] }, 'get pods gone in namespace web: not found'],
    [{ names: ['sts/web'] }, 'get statefulsets.apps web in namespace web: not found'],
    [{ names: ['web-old'] }, 'pod web-old has ended (Failed): nothing runs in it'],
    [{ selector: 'app=none' }, 'no pod that runs is selected in namespace web'],
    [{ names: ['web-1'], selector: 'a=b' }, 'names and --selector cannot be combined'],
    [{ names: ['web-1'], allNamespaces: true }, 'a name is of one namespace'],
    [{ names: ['job/web'] }, 'job/web names neither a pod nor a workload'],
  ])('is refused where it is not there: %j', async (selection, said) => {
    await using scene = await setUp();
    await expect(scene.select(selection)).rejects.toThrow(said);
  });

  it('is synced by a patch of each pod that is still the same', async () => {
    await using scene = await setUp();
    const pods = await scene.pods();
    scene.api.objects.delete({ resource: 'pods', namespace: 'web', name: 'web-2' });
    put(scene.api, 'web-2');
    expect(await syncPods(scene.client, pods, { signal: never })).toBe(1);
    const [first] = await scene.pods();
    expect(first?.metadata.annotations?.['rehup.dev/sync']).toMatch(/^asked at \d{4}-/);
  });

  it('is synced over connections that stood before, by whoever has a kubeconfig', async () => {
    await using scene = await setUp();
    await using dir = await createTempDir();
    const kubeconfig = join(dir.path, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigOf(`https://localhost:${scene.api.port}`));
    const { client } = openCluster({ kubeconfig, namespace: 'web' });
    const pods = await scene.pods();
    const sample = [wantedOf('{kind: ConfigMap, apiVersion: v1, metadata: {name: app}}')];
    await openConnections(client, { pods, sample }, never);
    expect(await syncPods(client, pods, { signal: never })).toBe(2);
    const portsOf = (verb: 'get' | 'patch'): number[] =>
      scene.api
        .callsTo({ verb })
        .filter(({ headers }) => headers['user-agent'] === 'rehup')
        .map(({ port }) => port);
    expect(new Set(portsOf('patch')).size).toBe(2);
    expect(portsOf('get')).toEqual(expect.arrayContaining(portsOf('patch')));
  });

  it('is synced when a busy API server says so, and not at all where that is forbidden', async () => {
    await using scene = await setUp();
    const pods = await scene.pods();
    const busy = scene.api.fail({ verb: 'patch', name: 'web-1' }, () => {
      busy.lift();
      return answers.busy(0);
    });
    expect(await syncPods(scene.client, pods, { signal: never })).toBe(2);
    scene.api.forbid({ verb: 'patch', resource: 'pods' });
    await expect(syncPods(scene.client, pods, { signal: never })).rejects.toMatchObject({
      kind: 'forbidden',
      remedy: expect.stringContaining('resources: ["pods"], verbs: ["patch"]'),
    });
  });

  it('is told apart from what may not be read: an object that is not there', async () => {
    await using scene = await setUp();
    const volumes = [
      { name: 'a', configMap: { name: 'app' } },
      { name: 'b', configMap: { name: 'gone' } },
      { name: 'c', secret: { secretName: 'tls' } },
    ];
    put(scene.api, 'web-1', { spec: { containers: [], volumes } });
    const address = { resource: 'configmaps', namespace: 'web', name: 'app' };
    scene.api.objects.put(address, { data: { a: '1' } } as object);
    scene.api.forbid({ resource: 'secrets' });
    const objects = await readObjects(scene.client, await scene.pods(), never);
    expect([...objects.of('web').keys()]).toEqual(['ConfigMap/app', 'ConfigMap/gone']);
    expect(objects.of('web').get('ConfigMap/gone')).toBeUndefined();
    expect(objects.problems).toMatchObject([{ kind: 'forbidden' }]);
  });

  describe('gets content', () => {
    const options = { dryRun: false, force: false, manager: 'rehup' };
    const secret = wantedOf(
      '{kind: Secret, apiVersion: v1, metadata: {name: tls}, stringData: {pin: s3cret}}',
    );

    it('that is created, and then unchanged; a dry run changes nothing', async () => {
      await using scene = await setUp();
      const { client } = scene;
      const apply = async (dryRun: boolean): ReturnType<typeof applyObject> => {
        const before = await readSourceObject(client, secret, never);
        return await applyObject(client, { wanted: secret, before }, { ...options, dryRun }, never);
      };
      expect(describeApplied(await apply(true), true)).toBe('secret/tls: created (dry run)');
      expect(scene.api.objects.list('secrets', 'web')).toEqual([]);
      const created = await apply(false);
      expect([describeApplied(created, false), hasChanged(created)]).toEqual([
        'secret/tls: created',
        true,
      ]);
      expect(diffApplied(created)).toBe('pin: added, 6 bytes\n');
      const again = await apply(false);
      expect([describeApplied(again, false), hasChanged(again)]).toEqual([
        'secret/tls: unchanged',
        false,
      ]);
      expect(
        scene.api.callsTo({ verb: 'patch', resource: 'secrets' })[0]?.headers['content-type'],
      ).toBe('application/apply-patch+yaml');
    });

    it('that another manager holds only by force, and that of an immutable object not at all', async () => {
      await using scene = await setUp();
      const { client } = scene;
      const conflict = scene.api.fail({ verb: 'patch', resource: 'secrets' }, (call) =>
        answers.conflict(call, 'conflict with "helm": .data.pin'),
      );
      const input = { wanted: secret, before: undefined };
      await expect(applyObject(client, input, options, never)).rejects.toMatchObject({
        message: expect.stringContaining('conflict with "helm"'),
        remedy: expect.stringContaining('--force-conflicts'),
      });
      conflict.lift();
      scene.api.fail(
        { verb: 'patch', resource: 'secrets' },
        { code: 422, reason: 'Invalid', message: 'field is immutable' },
      );
      const before = { metadata: { name: 'tls', uid: 'u', resourceVersion: '1' }, immutable: true };
      await expect(
        applyObject(client, { wanted: secret, before }, options, never),
      ).rejects.toMatchObject({
        message: 'Secret tls is immutable: it cannot get other content',
        remedy: expect.stringContaining('rehup rotate WORKLOAD --secret tls'),
      });
    });
  });
});
