import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findFreePort, status } from '../../../../support/http-app.ts';
import { createHttpScene } from '../../../../support/http-scene.ts';
import { waitFor } from '../../../../support/wait-for.ts';

describe('a reload by HTTP', () => {
  it.for(['127.0.0.1', '::1'])('is one POST without a body to %s per update', async (host) => {
    await using scene = await createHttpScene({ host });
    for (const content of ['two', 'three']) {
      await scene.volume.write({ 'app.conf': content });
      expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ action: 'http' });
    }
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.requests).toHaveLength(2);
    expect(scene.app.requests[0]).toMatchObject({ method: 'POST', path: '/-/reload', body: '' });
  });

  it('has the method, the headers and the body of the settings', async () => {
    await using scene = await createHttpScene({
      env: {
        REHUP_METHOD: 'put',
        REHUP_HEADER: 'X-One: 1\nContent-Type: application/json',
        REHUP_BODY: '{"reload":true}',
      },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    const [request] = scene.app.requests;
    expect(request).toMatchObject({ method: 'PUT', body: '{"reload":true}' });
    expect(request?.headers).toMatchObject({ 'x-one': '1', 'content-type': 'application/json' });
  });

  it.for([
    ['a failure', 500],
    ['a redirect, which is not followed', 302],
    ['not found', 404],
  ] as const)('is rejected by %s, retried, and then accepted', async ([, code]) => {
    await using scene = await createHttpScene();
    scene.app.answer(status(code, { location: '/elsewhere' }));
    await scene.volume.write({ 'app.conf': 'two' });
    const failed = await scene.rehup.line({ msg: 'reload failed', outcome: 'rejected' });
    expect(failed.reason).toContain(`POST ${scene.app.url} was answered with status ${code}`);
    scene.app.answer(status(204));
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ changed: ['app.conf'] });
    expect(new Set(scene.app.requests.map(({ path }) => path))).toEqual(new Set(['/-/reload']));
  });

  it('takes the statuses of the setting for success, and no others', async () => {
    await using scene = await createHttpScene({
      start: 'rejected',
      env: { REHUP_SUCCESS: '304,400-404' },
    });
    await scene.rehup.line({ outcome: 'rejected' });
    scene.app.answer(status(404));
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it('waits as long as Retry-After asks, not as long as the back-off would', async () => {
    await using scene = await createHttpScene();
    scene.app.answer(status(503, { 'retry-after': '3600' }));
    await scene.volume.write({ 'app.conf': 'two' });
    const failed = await scene.rehup.line({ outcome: 'rejected' });
    expect(failed.retry_in_ms).toBe(3_600_000);
    scene.app.answer(status(200));
    await scene.volume.write({ 'app.conf': 'three' });
    await scene.rehup.line({ outcome: 'superseded' });
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it('is timed out by an app that does not answer', async () => {
    await using scene = await createHttpScene({ env: { REHUP_TIMEOUT: '300ms' } });
    scene.app.answer(() => {});
    await scene.volume.write({ 'app.conf': 'two' });
    const failed = await scene.rehup.line({ outcome: 'timed-out' });
    expect(failed.reason).toBe(`POST ${scene.app.url} was not answered within 300 ms`);
    scene.app.answer(status(200));
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it.for([
    [200, 'reloaded'],
    [503, 'rejected'],
  ] as const)(
    'is decided by the status %d of an answer that does not come to its end',
    async ([code, outcome]) => {
      await using scene = await createHttpScene({ env: { REHUP_TIMEOUT: '1h' } });
      const left = Promise.withResolvers<void>();
      scene.app.answer((response) => {
        response.once('close', () => left.resolve());
        drip(response.writeHead(code));
      });
      await scene.volume.write({ 'app.conf': 'two' });
      expect(await scene.rehup.line({ outcome })).toMatchObject({ changed: ['app.conf'] });
      await left.promise;
    },
  );

  it('is timed out by an app whose answer does not come to its end, if that is to match', async () => {
    await using scene = await createHttpScene({
      env: { REHUP_TIMEOUT: '300ms', REHUP_SUCCESS_MATCH: 'answer' },
    });
    scene.app.answer((response) => drip(response.writeHead(200)));
    await scene.volume.write({ 'app.conf': 'two' });
    expect(await scene.rehup.line({ outcome: 'timed-out' })).toMatchObject({ level: 'warn' });
    scene.app.answer(status(200));
    await scene.rehup.line({ msg: 'reloaded' });
  });

  it('is unreachable where nothing listens, and names the address', async () => {
    const port = await findFreePort();
    await using scene = await createHttpScene({
      start: 'unreachable',
      env: { REHUP_URL: `http://127.0.0.1:${port}/-/reload` },
    });
    const failed = await scene.rehup.line({ outcome: 'unreachable' });
    expect(failed.reason).toContain('ECONNREFUSED');
    expect(failed.remedy).toContain(`127.0.0.1:${port}`);
  });

  it.for<[string, (socket: Socket) => void]>([
    ['closes the connection without an answer', (socket) => socket.end()],
    ['resets the connection', (socket) => socket.resetAndDestroy()],
    ['answers with something that is not HTTP', (socket) => socket.end('hello\r\n\r\n')],
    ['ends in the middle of its headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nconte')],
  ])('is unreachable at a server that %s', async ([, treat]) => {
    await using broken = await createBrokenServer(treat);
    await using scene = await createHttpScene({
      start: 'unreachable',
      env: { REHUP_URL: `http://127.0.0.1:${broken.port}/` },
    });
    expect(await scene.rehup.line({ outcome: 'unreachable' })).toMatchObject({ level: 'warn' });
    await waitFor('several attempts', () => broken.connections() > 2);
  });
});

function drip(response: ServerResponse): void {
  response.write('more');
  const timer = setInterval(() => response.write('more'), 5);
  response.once('close', () => clearInterval(timer));
}

type Broken = AsyncDisposable & { port: number; connections: () => number };

/** Lets the client speak first, as a server would. */
async function createBrokenServer(treat: (socket: Socket) => void): Promise<Broken> {
  let count = 0;
  const server: Server = createServer((socket) => {
    count += 1;
    socket.on('error', () => {});
    socket.once('data', () => treat(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
