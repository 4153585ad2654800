import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeClient, type KubeClient } from '../../../src/kubernetes/client.ts';
import { inClusterConnection } from '../../../src/kubernetes/in-cluster.ts';
import { configMaps, type KubeRequest, pods } from '../../../src/kubernetes/request.ts';
import type { KubeObject } from '../../../src/kubernetes/types.ts';
import { openssl } from '../../support/abilities.ts';
import { answers, type ApiServer, startApiServer, TOKEN } from '../../support/api-server.ts';
import { type Answer, startHttpServer } from '../../support/http-server.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { useAuthority } from '../../support/use-authority.ts';
import { waitFor } from '../../support/wait-for.ts';

const { signal: never } = new AbortController();
const CONFIG = { resource: 'configmaps', namespace: 'web', name: 'app' };
const get: KubeRequest = { ...configMaps, verb: 'get', namespace: 'web', name: 'app' };
const watch: KubeRequest = {
  ...configMaps,
  verb: 'watch',
  namespace: 'web',
  query: { fieldSelector: 'metadata.name=app', resourceVersion: '0' },
};

describe.skipIf(openssl.missing)(`the client of the Kubernetes API${openssl.note}`, () => {
  const authority = useAuthority();

  interface Scene extends AsyncDisposable {
    readonly api: ApiServer;
    readonly client: KubeClient;
    readonly writeToken: (token: string) => Promise<void>;
  }

  async function setUp(): Promise<Scene> {
    await using stack = new AsyncDisposableStack();
    const dir = stack.use(await createTempDir());
    const { pem: tls } = await authority().issue('kubernetes');
    const api = stack.use(await startApiServer({ tls }));
    api.objects.put(CONFIG, { data: { key: 'value' } } as object);
    const writeToken = (token: string): Promise<void> => writeFile(join(dir.path, 'token'), token);
    await writeToken(TOKEN);
    await writeFile(join(dir.path, 'ca.crt'), readFileSync(authority().caFile));
    const env = {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(api.port),
    };
    const client = createKubeClient(inClusterConnection(env, dir.path));
    const owned = stack.move();
    return { api, client, writeToken, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }

  it('says on which condition something is to be deleted', async () => {
    await using scene = await setUp();
    const remove = (uid: string | undefined): KubeRequest => {
      return { ...get, verb: 'delete', body: { preconditions: { uid } } };
    };
    const refused = scene.client.request(remove('another'), never);
    await expect(refused).rejects.toMatchObject({ kind: 'conflict' });
    await scene.client.request(remove(scene.api.objects.get(CONFIG)?.metadata.uid), never);
    expect(scene.api.objects.get(CONFIG)).toBeUndefined();
    // What follows on the same connection is understood.
    await expect(scene.client.request(get, never)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it.each([undefined, {}, { preconditions: { resourceVersion: undefined } }])(
    'deletes nothing in a dry run, with the body %j',
    async (body) => {
      await using scene = await setUp();
      const request = { ...get, verb: 'delete', query: { dryRun: 'All' }, body } as const;
      await scene.client.request(request, never);
      expect(scene.api.objects.get(CONFIG)).toBeDefined();
    },
  );

  it('reads an object, whole or its metadata alone, with the token that is on disk now', async () => {
    await using scene = await setUp();
    expect(await scene.client.request(get, never)).toMatchObject({ data: { key: 'value' } });
    scene.api.setToken('second');
    await expect(scene.client.request(get, never)).rejects.toMatchObject({ kind: 'unauthorized' });
    await scene.writeToken('second');
    const metadata = await scene.client.request({ ...get, metadataOnly: true }, never);
    expect(metadata).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'app' } });
    expect(metadata).not.toHaveProperty('data');
    await waitFor('the connections to end', () => scene.api.connections() === 0);
  });

  it('uses a connection again, and another one where the server has just closed it', async () => {
    await using scene = await setUp();
    const ca = readFileSync(authority().caFile);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const client = createKubeClient({
      server: new URL(`https://127.0.0.1:${scene.api.port}`),
      // At once: what was dropped must not have been noticed when the next request begins.
      options: async () => ({ ca, headers }),
    });
    const ports = (): number[] => scene.api.calls.map(({ port }) => port);
    await client.request(get, never);
    await client.request(get, never);
    expect(new Set(ports()).size).toBe(1);
    for (let count = 1; count <= 5; count += 1) {
      scene.api.drop();
      expect(await client.request(get, never)).toMatchObject({ data: { key: 'value' } });
    }
    expect(new Set(ports()).size).toBeGreaterThan(1);
  });

  it('patches, and is refused where the object is another one by now', async () => {
    await using scene = await setUp();
    const patch = (uid: string | undefined): KubeRequest => ({
      ...get,
      verb: 'patch',
      patch: 'merge-patch',
      body: { metadata: { uid, annotations: { note: 'ü' } } },
    });
    const { metadata } = await scene.client.request<KubeObject>(get, never);
    const patched = await scene.client.request<KubeObject>(patch(metadata.uid), never);
    expect(patched.metadata.annotations).toEqual({ note: 'ü' });
    await expect(scene.client.request(patch('other'), never)).rejects.toMatchObject({
      kind: 'conflict',
    });
    const [call] = scene.api.callsTo({ verb: 'patch' });
    expect(call?.headers).toMatchObject({
      'content-type': 'application/merge-patch+json',
      'user-agent': 'rehup',
    });
    expect(call?.query.get('fieldManager')).toBe('rehup');
  });

  it.each([
    ['forbidden', answers.forbidden, { kind: 'forbidden' }],
    ['busy', answers.busy(7), { kind: 'throttled', retryAfterMs: 7000 }],
    ['broken', answers.broken, { kind: 'unreachable' }],
    ['missing', answers.notFound, { kind: 'not-found', statusReason: 'NotFound' }],
  ])('says that the server is %s', async (_, answer, expected) => {
    await using scene = await setUp();
    scene.api.fail({}, answer);
    await expect(scene.client.request(get, never)).rejects.toMatchObject(expected);
    await expect(scene.client.stream(watch, never).next()).rejects.toMatchObject(expected);
  });

  it.each<[string, Answer, RegExp]>([
    ['a page of a proxy', (response) => response.end('<html>secret'), /: the answer is not JSON$/],
    [
      'a page of a proxy as an error',
      (response) => response.writeHead(502).end('<html>secret'),
      /status 502: Bad Gateway$/,
    ],
    [
      'a body without end',
      (response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(2 ** 20)));
        };
        response.on('drain', more).on('error', () => {});
        more();
      },
      /more than 33554432 bytes/,
    ],
    [
      'half of an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"data":"secret');
        setImmediate(() => response.destroy());
      },
      /cannot be reached \(ECONNRESET\)$/,
    ],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: 'https://elsewhere/' }).end(),
      /status 302: Found$/,
    ],
  ])('does not take %s for an answer, nor quotes it', async (_, answer, message) => {
    await using server = await startHttpServer(answer);
    const client = createKubeClient({ server: new URL(server.url()), options: async () => ({}) });
    const failure: unknown = await client.request(get, never).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'KubeProblem', message: expect.stringMatching(message) });
    expect(String(failure)).not.toContain('secret');
    await waitFor('the connection to end', () => server.open() === 0);
  });

  it('keeps the path in front of all others that a server has', async () => {
    await using server = await startHttpServer((response) => response.end('{}'));
    const client = createKubeClient({
      server: new URL(server.url('/k8s/c-1/')),
      options: async () => ({ headers: { authorization: 'Bearer x' } }),
    });
    await client.request({ ...pods, verb: 'list', namespace: 'web' }, never);
    expect(server.requests).toMatchObject([
      { path: '/k8s/c-1/api/v1/namespaces/web/pods', headers: { authorization: 'Bearer x' } },
    ]);
  });

  it('gives each item of a watch as it comes, until the server ends it', async () => {
    await using scene = await setUp();
    const opened: string[] = [];
    const stream = scene.client.stream<{ type: string }>(watch, never, () => opened.push('open'));
    expect(opened).toEqual([]);
    expect(await stream.next()).toMatchObject({ value: { type: 'ADDED' } });
    expect(opened).toEqual(['open']);
    scene.api.objects.put(CONFIG, { data: { key: 'x'.repeat(1_000_000) } } as object);
    expect(await stream.next()).toMatchObject({ value: { type: 'MODIFIED' } });
    scene.api.watches.end();
    expect(await stream.next()).toMatchObject({ done: true });
    await waitFor('the connection to end', () => scene.api.connections() === 0);
  });

  it('says that a watch was broken off', async () => {
    await using scene = await setUp();
    const stream = scene.client.stream(watch, never);
    await stream.next();
    const next = stream.next();
    scene.api.drop();
    await expect(next).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('closes the connection of a watch that nobody reads any more', async () => {
    await using scene = await setUp();
    for await (const event of scene.client.stream(watch, never)) {
      expect(event).toMatchObject({ type: 'ADDED' });
      break;
    }
    await waitFor('the connection to end', () => scene.api.connections() === 0);
  });

  it.each<[string, (scene: Scene, signal: AbortSignal) => Promise<unknown>]>([
    [
      'a request that is not answered',
      async ({ api, client }, signal) => {
        api.freeze();
        return await client.request(get, signal);
      },
    ],
    [
      'a watch that is not answered',
      async ({ api, client }, signal) => {
        api.freeze();
        return await client.stream(watch, signal).next();
      },
    ],
    [
      'a watch that says nothing',
      async ({ client }, signal) => {
        const stream = client.stream(watch, signal);
        await stream.next();
        return await stream.next();
      },
    ],
  ])('breaks off %s when asked to, with the reason that it is given', async (_, begin) => {
    await using scene = await setUp();
    const stop = new AbortController();
    const ended = begin(scene, stop.signal).catch((error: unknown) => error);
    await waitFor('the request', () => scene.api.calls.length > 0);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await ended).toBe(reason);
    await waitFor('the connection to end', () => scene.api.connections() === 0);
    // Not even begun.
    await expect(scene.client.request(get, stop.signal)).rejects.toBe(reason);
    expect(scene.api.calls).toHaveLength(1);
  });
});
