import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actOnce, createHttpActor } from '../../../support/http-action.ts';
import { startHttpServer, startTcpServer } from '../../../support/http-server.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const HEADERS_OF_TEN = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n';

describe('a server at fault', () => {
  it.each([
    ['never answers', '', 'http'],
    ['never ends its headers', 'HTTP/1.1 200 OK\r\n', 'http'],
    ['never shakes hands', '', 'https'],
  ])('that %s is timed out, and its connection closed', async (_, text, scheme) => {
    await using server = await startTcpServer((socket) => socket.resume().write(text));
    const failure = await actOnce({
      REHUP_URL: `${scheme}://127.0.0.1:${server.port}/`,
      REHUP_TIMEOUT: '200ms',
    });
    expect(failure).toMatchObject({
      outcome: 'timed-out',
      reason: `POST ${scheme}://127.0.0.1:${server.port}/ was not answered within 200 ms`,
      remedy:
        'raise REHUP_TIMEOUT if the app takes this long: it may be still at it, and is not asked again meanwhile',
    });
    await waitFor('the connection to be closed', () => server.open() === 0);
  });

  it.each([
    ['closes without a word', '', 'the app closed the connection before it had answered'],
    ['closes in its headers', 'HTTP/1.1 200 OK\r\n', 'the app closed the connection before'],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'what the app answered is not HTTP/1.1'],
  ])('that %s is unreachable', async (_, text, what) => {
    await using server = await startTcpServer((socket) => {
      socket.once('data', () => socket.end(text));
    });
    const failure = await actOnce({ REHUP_URL: `http://127.0.0.1:${server.port}/` });
    expect(failure?.outcome).toBe('unreachable');
    expect(failure?.reason).toContain(` failed: ${what}`);
  });

  it.each([
    ['never ends its body', false, 'timed-out', 'was not answered within 200 ms'],
    ['closes in its body', true, 'unreachable', 'the app closed the connection before'],
  ])(
    'that %s has succeeded by its status, and failed where the body is to match',
    async (_, closes, outcome, what) => {
      await using server = await startTcpServer((socket) => {
        const text = `${HEADERS_OF_TEN}half`;
        socket.once('data', () => (closes ? socket.end(text) : socket.write(text)));
      });
      const env = { REHUP_URL: `http://127.0.0.1:${server.port}/`, REHUP_TIMEOUT: '200ms' };
      expect(await actOnce(env)).toBeUndefined();
      const failure = await actOnce({ ...env, REHUP_SUCCESS_MATCH: 'half' });
      expect(failure?.outcome).toBe(outcome);
      expect(failure?.reason).toContain(what);
      await waitFor('the connections to be closed', () => server.open() === 0);
    },
  );

  it.each([
    ['never ends', 'content-length: 10\r\n\r\nhalf'],
    ['is broken', 'transfer-encoding: chunked\r\n\r\nno chunk'],
  ])('that refuses is rejected by its status where its body %s', async (_, rest) => {
    await using server = await startTcpServer((socket) => {
      socket.once('data', () => socket.write(`HTTP/1.1 500 Oops\r\n${rest}`));
    });
    const failure = await actOnce({
      REHUP_URL: `http://127.0.0.1:${server.port}/`,
      REHUP_SUCCESS_MATCH: 'half',
    });
    expect(failure?.outcome).toBe('rejected');
    expect(failure?.reason).toContain('was answered with status 500');
    await waitFor('the connection to be closed', () => server.open() === 0);
  });

  it('that never ends its body is judged by the first 64 KiB of it', async () => {
    await using server = await startTcpServer((socket) => {
      const body = `reloaded\n${'x'.repeat(64 * 1024)}`;
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n\r\n${body}`));
    });
    const env = { REHUP_URL: `http://127.0.0.1:${server.port}/` };
    expect(await actOnce({ ...env, REHUP_SUCCESS_MATCH: '^reloaded$' })).toBeUndefined();
    const failure = await actOnce({ ...env, REHUP_SUCCESS_MATCH: 'failed' });
    expect(failure?.outcome).toBe('rejected');
    expect(failure?.reason).toContain('but the first 64 KiB of the body does not match');
    await waitFor('the connections to be closed', () => server.open() === 0);
  });

  it('that closes its half and leaves ours open is answered by the end of its body', async () => {
    await using server = await startTcpServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nreloaded'));
    });
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await actOnce({ REHUP_URL: url, REHUP_SUCCESS_MATCH: '^reloaded$' })).toBeUndefined();
    await waitFor('the connection to be closed', () => server.open() === 0);
  });

  it('that is not there is unreachable', async () => {
    const server = await startHttpServer();
    const url = server.url();
    await server[Symbol.asyncDispose]();
    expect(await actOnce({ REHUP_URL: url })).toEqual({
      check: 'url-refused',
      outcome: 'unreachable',
      reason: `POST ${url} failed: the app could not be reached (ECONNREFUSED)`,
      remedy: `let the app listen on 127.0.0.1:${new URL(url).port} inside the pod, or correct REHUP_URL`,
    });
  });

  it.each(['http', 'https'])('is left at once over %s when rehup is to stop', async (scheme) => {
    const stop = new AbortController();
    await using server = await startTcpServer((socket) => {
      socket.resume();
      stop.abort(new Error('stopping'));
    });
    const actor = createHttpActor({ REHUP_URL: `${scheme}://127.0.0.1:${server.port}/` });
    await expect(actor.act({}, stop.signal)).rejects.toThrow('stopping');
    await waitFor('the connection to be closed', () => server.open() === 0);
  });
});

describe('a file of the request', () => {
  const cases = [
    [
      'is not there',
      'missing',
      'cannot be read: ENOENT',
      'mount the Secret in the rehup container',
    ],
    ['is a directory', 'directory', 'cannot be read: EISDIR', 'name a file in that directory'],
    ['is empty', 'empty', 'is empty', 'put the credential into it'],
    ['has several lines', 'lines', 'holds more than one line', 'put nothing but the credential'],
    ['has no colon', 'plain', 'holds no colon', 'put user:password into it'],
  ] as const;

  it.each(cases)('that %s keeps the request from being sent', async (_, name, what, remedy) => {
    await using server = await startHttpServer();
    await using dir = await createTempDir();
    await mkdir(join(dir.path, 'directory'));
    await writeFile(join(dir.path, 'empty'), '\n');
    await writeFile(join(dir.path, 'lines'), 's3cret:\ns3cret\n');
    await writeFile(join(dir.path, 'plain'), 's3cret');
    const path = join(dir.path, name);
    const failure = await actOnce({ REHUP_URL: server.url(), REHUP_BASIC_AUTH_FILE: path });
    expect(failure?.outcome).toBe('unreachable');
    expect(failure?.reason).toContain(
      `POST ${server.url()} failed: ${path} (REHUP_BASIC_AUTH_FILE) ${what}`,
    );
    expect(failure?.remedy).toContain(remedy);
    expect(JSON.stringify(failure)).not.toContain('s3cret');
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['REHUP_BEARER_FILE', '/nowhere/token'],
    ['REHUP_BODY', '@/nowhere/body'],
    ['REHUP_HEADER', 'X-Key: @/nowhere/key'],
    ['REHUP_CA_FILE', '/nowhere/ca.crt'],
  ])('named by %s is missed before anything is done', (option, value) => {
    const actor = createHttpActor({ REHUP_URL: 'http://127.0.0.1/', [option]: value });
    expect(actor.check()).toMatchObject({ outcome: 'unreachable' });
    expect(actor.check()?.reason).toMatch(
      new RegExp(`^/nowhere/.* \\(${option}\\) cannot be read`),
    );
  });
});

/** With a secret in each part that may hold one. */
function secretive(base: string): string {
  return `${base.replace('//', '//s3cret:s3cret@')}?s3cret&key=s3cret#s3cret`;
}

describe('failures', () => {
  it('show no credential, wherever it comes from', async () => {
    await using dir = await createTempDir();
    await using server = await startHttpServer((response, { path }) => {
      const location = 'http://s3cret:s3cret@127.0.0.1/s3cret?s3cret';
      if (path.startsWith('/redirect')) response.writeHead(302, { location }).end('s3cret');
      else response.writeHead(path.startsWith('/reject') ? 401 : 200).end('s3cret');
    });
    await using broken = await startTcpServer((socket) => socket.end('s3cret'));
    const token = join(dir.path, 'token');
    await writeFile(token, 's3cret');
    const urls = [
      ...['/reject', '/redirect', '/no-match'].map((path) => secretive(server.url(path))),
      secretive(`http://127.0.0.1:${broken.port}/`),
      secretive(`https://127.0.0.1:${server.port}/`),
      secretive('http://127.0.0.1:1/'),
    ];
    const failure = await actOnce({
      REHUP_URL: urls.join(' '),
      REHUP_HEADER: `X-Key: s3cret\nX-Other: @${token}`,
      REHUP_BODY: 's3cret',
      REHUP_SUCCESS_MATCH: 'something else',
    });
    expect(failure?.reason).toMatch(/^6 of 6 URLs failed: /);
    expect(JSON.stringify(failure)).not.toContain('s3cret');
  });
});
