// What the client of the Kubernetes API says of an answer that it cannot use.
import { describe, expect, it } from 'vitest';
import { createKubeClient } from '../../../src/kubernetes/client.ts';
import { KubeProblem } from '../../../src/kubernetes/problem.ts';
import { resourceOf, type KubeRequest } from '../../../src/kubernetes/request.ts';
import { createWatchedObject } from '../../../src/kubernetes/watched-object.ts';
import { createCanary, holdsCanary } from '../../support/canary.ts';
import { startHttpServer } from '../../support/http-server.ts';

const request: KubeRequest = {
  ...resourceOf('Secret'),
  verb: 'get',
  namespace: 'web',
  name: 'my-app',
};

const secret = {
  kind: 'Secret',
  metadata: {
    name: 'my-app',
    namespace: 'web',
    uid: 'b7',
    resourceVersion: '7',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': createCanary('applied') },
  },
  data: { password: Buffer.from(createCanary('data')).toString('base64') },
};

async function problemWith(status: number, body: string): Promise<KubeProblem> {
  await using server = await startHttpServer((response) => response.writeHead(status).end(body));
  const headers = { authorization: `Bearer ${createCanary('token')}` };
  const client = createKubeClient({
    server: new URL(server.url()),
    options: () => Promise.resolve({ headers }),
  });
  try {
    await client.request(request, new AbortController().signal);
  } catch (error) {
    if (error instanceof KubeProblem) return error;
    throw error;
  }
  throw new Error('it was answered');
}

describe('a problem with the Kubernetes API', () => {
  it.each(
    [200, 400, 401, 403, 404, 409, 410, 422, 429, 500].flatMap((status) => [
      [status, 'a page', `<html>${createCanary('page')}`] as const,
      [status, 'half an object', JSON.stringify(secret).slice(0, -2)] as const,
      ...(status === 200 ? [] : [[status, 'an object', JSON.stringify(secret)] as const]),
    ]),
  )('does not quote the answer: status %i with %s', async (status, _, body) => {
    const { message, remedy } = await problemWith(status, body);
    expect(message).toContain('get secrets my-app in namespace web');
    expect(holdsCanary(message + remedy)).toBe(false);
  });
});

describe('a watched object', () => {
  it.each(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] as const)(
    'leaves nothing of itself in what is told of it: %s',
    (type) => {
      const watched = createWatchedObject({ kind: 'Secret', name: 'my-app' }, () => 0);
      const change = watched.take({ type, object: secret }, request);
      expect(holdsCanary(JSON.stringify([change, watched.from()]))).toBe(false);
      expect(watched.from()).toBe('7');
    },
  );
});
