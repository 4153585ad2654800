import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actOnce, createHttpActor, REQUEST } from '../../../support/http-action.ts';
import { type Answer, startHttpServer } from '../../../support/http-server.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

describe('the HTTP action', () => {
  it('sends method, headers and body with what has changed', async () => {
    await using server = await startHttpServer();
    const failure = await actOnce({
      REHUP_URL: server.url('/-/reload?v={{hash}}'),
      REHUP_METHOD: 'PUT',
      REHUP_HEADER: 'X-Hash: {{hash}}\nX-Name: Zoë',
      REHUP_BODY: '{"hash":"{{hash}}","changed":{{changed}},"all":{{change}}}',
    });
    expect(failure).toBeUndefined();
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: 'PUT',
      path: '/-/reload?v=c0ffee',
      headers: { 'x-hash': 'c0ffee', 'content-type': 'application/json', connection: 'close' },
    });
    expect(Buffer.from(String(request?.headers['x-name']), 'latin1').toString()).toBe('Zoë');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      hash: 'c0ffee',
      changed: ['/etc/app/app.conf', '/etc/app/b.conf'],
      all: { hash: 'c0ffee', mounts: Object.fromEntries(REQUEST.changes) },
    });
  });

  it.each([
    ['none without a body', {}, undefined],
    ['text for a body that is not JSON', { REHUP_BODY: 'reload' }, 'text/plain; charset=utf-8'],
    [
      'the one that is given',
      { REHUP_BODY: '{}', REHUP_HEADER: 'Content-Type: application/x-app' },
      'application/x-app',
    ],
  ])('has a content type: %s', async (_, env, type) => {
    await using server = await startHttpServer();
    await actOnce({ REHUP_URL: server.url(), ...env });
    expect(server.requests[0]?.headers['content-type']).toBe(type);
  });

  it('reads headers, bodies and credentials anew for each call', async () => {
    await using server = await startHttpServer();
    await using dir = await createTempDir();
    const file = (name: string): string => join(dir.path, name);
    const write = async (version: number): Promise<void> => {
      await writeFile(file('key'), `key${version}\n`);
      await writeFile(file('body'), `body ${version} {{hash}}\n`);
      await writeFile(file('token'), `token${version}\r\n`);
    };
    const actor = createHttpActor({
      REHUP_URL: server.url(),
      REHUP_HEADER: `X-Key: @${file('key')}`,
      REHUP_BODY: `@${file('body')}`,
      REHUP_BEARER_FILE: file('token'),
    });
    for (const version of [1, 2]) {
      await write(version);
      expect(await actor.act()).toBeUndefined();
      expect(server.requests.at(-1)).toMatchObject({
        headers: { 'x-key': `key${version}`, authorization: `Bearer token${version}` },
        body: `body ${version} c0ffee\n`,
      });
    }
  });

  it.each([
    ['from a file', 'jürgen:p:ä', false],
    ['from the URL', 'jürgen:p:ä', true],
  ])('sends user and password %s', async (_, pair, inUrl) => {
    await using server = await startHttpServer();
    await using dir = await createTempDir();
    const path = join(dir.path, 'auth');
    await writeFile(path, `${pair}\n`);
    const [user = '', ...rest] = pair.split(':').map(encodeURIComponent);
    const withUser = server.url().replace('//', `//${user}:${rest.join('%3A')}@`);
    await actOnce(
      inUrl ? { REHUP_URL: withUser } : { REHUP_URL: server.url(), REHUP_BASIC_AUTH_FILE: path },
    );
    const [scheme, code = ''] = (server.requests[0]?.headers.authorization ?? '').split(' ');
    expect(scheme).toBe('Basic');
    expect(Buffer.from(code, 'base64').toString()).toBe(pair);
  });

  it('reaches a server on either loopback address by the name localhost', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      await using server = await startHttpServer(undefined, { host });
      expect(await actOnce({ REHUP_URL: `http://localhost:${server.port}/` })).toBeUndefined();
      expect(await actOnce({ REHUP_URL: server.url() })).toBeUndefined();
      expect(server.requests).toHaveLength(2);
    }
  });

  it('reaches a server on a unix socket', async () => {
    await using dir = await createTempDir();
    const unixSocket = join(dir.path, 'app.sock');
    const env = { REHUP_URL: 'http://app/-/reload', REHUP_UNIX_SOCKET: unixSocket };
    expect(await actOnce(env)).toMatchObject({
      outcome: 'unreachable',
      reason: `POST http://app/-/reload failed: the unix socket ${unixSocket} could not be reached (ENOENT)`,
    });
    await using server = await startHttpServer(undefined, { unixSocket });
    expect(await actOnce(env)).toBeUndefined();
    expect(server.requests).toMatchObject([{ path: '/-/reload', headers: { host: 'app' } }]);
  });

  it('wants the response body to match, and looks at its first 64 KiB', async () => {
    await using server = await startHttpServer((response, { path }) => {
      response.end(
        path === '/good' ? `${'x'.repeat(1000)}\nreload: ok\n` : 'x'.repeat(1024 * 1024),
      );
    });
    const env = (path: string): Record<string, string> => ({
      REHUP_URL: server.url(path),
      REHUP_SUCCESS_MATCH: '^reload: ok$',
    });
    expect(await actOnce(env('/good'))).toBeUndefined();
    expect(await actOnce(env('/bad'))).toMatchObject({
      outcome: 'rejected',
      reason: `POST ${server.url('/bad')} was answered with status 200, but the first 64 KiB of the body does not match REHUP_SUCCESS_MATCH`,
    });
  });

  it('does not follow a redirect, since the credentials would go along', async () => {
    await using other = await startHttpServer();
    await using server = await startHttpServer((response) =>
      response.writeHead(307, { location: other.url('/login?token=s3cret') }).end(),
    );
    expect(await actOnce({ REHUP_URL: server.url() })).toMatchObject({
      outcome: 'rejected',
      reason: `POST ${server.url()} was answered with status 307, a redirect to ${new URL(other.url()).origin}`,
    });
    expect(other.requests).toEqual([]);
  });

  it('passes on the pause that the app asks for, and succeeds after it', async () => {
    await using server = await startHttpServer((response) =>
      server.requests.length === 1
        ? response.writeHead(503, { 'retry-after': '3' }).end()
        : response.end(),
    );
    const actor = createHttpActor({ REHUP_URL: server.url() });
    expect(await actor.act()).toMatchObject({ outcome: 'rejected', retryAfterMs: 3000 });
    expect(await actor.act()).toBeUndefined();
  });
});

function failAt(failing: ReadonlySet<string>): Answer {
  return (response, { path }) => response.writeHead(failing.has(path) ? 500 : 200).end();
}

describe('several URLs', () => {
  it('are called in order, all of them, and each is reported', async () => {
    await using server = await startHttpServer(failAt(new Set(['/b'])));
    const urls = ['/a', '/b', '/c'].map(server.url);
    const failure = await actOnce({ REHUP_URL: urls.join(', ') });
    expect(server.requests.map(({ path }) => path)).toEqual(['/a', '/b', '/c']);
    expect(failure).toMatchObject({
      outcome: 'rejected',
      reason: `1 of 3 URLs failed: POST ${urls[0]} succeeded; POST ${urls[1]} was answered with status 500; POST ${urls[2]} succeeded`,
    });
  });

  it('that succeeded are left in peace in a retry, until the content is another', async () => {
    const failing = new Set(['/b']);
    await using server = await startHttpServer(failAt(failing));
    const actor = createHttpActor({ REHUP_URL: ['/a', '/b'].map(server.url).join(' ') });
    const called = (): string[] => server.requests.slice(before).map(({ path }) => path);
    let before = 0;
    expect((await actor.act())?.reason).toContain('POST');
    before = server.requests.length;
    expect((await actor.act())?.reason).toContain('/a succeeded in an earlier attempt');
    expect(called()).toEqual(['/b']);
    before = server.requests.length;
    expect(await actor.act({ hash: 'newer' })).toMatchObject({ outcome: 'rejected' });
    expect(called()).toEqual(['/a', '/b']);
    failing.clear();
    before = server.requests.length;
    expect(await actor.act({ hash: 'newer' })).toBeUndefined();
    expect(called()).toEqual(['/b']);
  });

  it.each([
    ['there was other content in between, which came and went', { becameAtMs: 3000 }],
    ['somebody asks for a reload', { becameAtMs: 1000, force: true }],
  ])('that succeeded are called all the same where %s', async (_, request) => {
    const failing = new Set(['/b']);
    await using server = await startHttpServer(failAt(failing));
    const actor = createHttpActor({ REHUP_URL: ['/a', '/b'].map(server.url).join(' ') });
    await actor.act({ becameAtMs: 1000 });
    await actor.act({ becameAtMs: 1000 });
    expect(server.requests.map(({ path }) => path)).toEqual(['/a', '/b', '/b']);
    failing.clear();
    expect(await actor.act(request)).toBeUndefined();
    expect(server.requests.slice(3).map(({ path }) => path)).toEqual(['/a', '/b']);
  });

  it('that all succeeded are all called again, if the reload is tried once more', async () => {
    await using server = await startHttpServer();
    const actor = createHttpActor({ REHUP_URL: ['/a', '/b'].map(server.url).join(' ') });
    await actor.act();
    await actor.act();
    expect(server.requests.map(({ path }) => path)).toEqual(['/a', '/b', '/a', '/b']);
  });
});
