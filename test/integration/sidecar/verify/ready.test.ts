import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createReadyCheck } from '../../../../src/sidecar/verify/create.ts';
import { startHttpServer, startTcpServer } from '../../../support/http-server.ts';
import { readSettings } from '../../../support/http-settings.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

async function check(env: Readonly<Record<string, string>>): Promise<Failure | undefined> {
  return await createReadyCheck(readSettings(env))(new AbortController().signal);
}

describe('the ready check', () => {
  it('asks nobody unless it is configured', async () => {
    expect(await check({})).toBeUndefined();
  });

  it('is content with 2xx, and asks with GET', async () => {
    await using server = await startHttpServer((response) => response.writeHead(204).end());
    expect(await check({ REHUP_READY_URL: server.url('/ready') })).toBeUndefined();
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/ready', body: '' }]);
  });

  it('holds the reload otherwise, as long as the app asks for', async () => {
    await using server = await startHttpServer((response) =>
      response.writeHead(503, { 'retry-after': '5' }).end(),
    );
    expect(await check({ REHUP_READY_URL: server.url('/ready') })).toEqual({
      outcome: 'not-ready',
      check: 'url-wrong-status',
      reason: `GET ${server.url('/ready')} was answered with status 503`,
      remedy:
        'none needed while the app starts: it is tried again; else look at the log of the app; correct REHUP_READY_URL',
      retryAfterMs: 5000,
    });
  });

  it('holds the reload while nobody listens, or nobody answers', async () => {
    const gone = await startHttpServer();
    const url = gone.url();
    await gone[Symbol.asyncDispose]();
    const refused = await check({ REHUP_READY_URL: url });
    expect(refused).toMatchObject({ outcome: 'not-ready' });
    expect(refused?.remedy).toContain('or correct REHUP_READY_URL');
    await using silent = await startTcpServer((socket) => socket.resume());
    const env = {
      REHUP_READY_URL: `http://127.0.0.1:${silent.port}/`,
      REHUP_TIMEOUT: '100ms',
    };
    expect(await check(env)).toMatchObject({
      outcome: 'not-ready',
      reason: `GET http://127.0.0.1:${silent.port}/ was not answered within 100 ms`,
    });
  });
});

describe('the credentials of the reload', () => {
  const HEADERS = 'X-Key: key\nContent-Type: text/x\nX-Change: {{change}}';

  async function send(reloadUrl: string | undefined, readyPrefix = ''): Promise<object> {
    await using dir = await createTempDir();
    await using server = await startHttpServer();
    const token = join(dir.path, 'token');
    await writeFile(token, 'token\n');
    const port = String(server.port);
    await check({
      ...(reloadUrl !== undefined && { REHUP_URL: reloadUrl.replace('PORT', port) }),
      REHUP_READY_URL: `http://${readyPrefix}127.0.0.1:${port}/ready`,
      REHUP_BEARER_FILE: token,
      REHUP_HEADER: HEADERS,
    });
    const { authorization, ...headers } = server.requests[0]?.headers ?? {};
    return {
      authorization,
      key: headers['x-key'],
      type: headers['content-type'],
      change: headers['x-change'],
    };
  }

  const ALL = { authorization: 'Bearer token', key: 'key', type: undefined, change: undefined };
  const NONE = { authorization: undefined, key: undefined, type: undefined, change: undefined };

  it.each([
    ['to the same host', 'http://127.0.0.1:PORT/reload', ALL],
    ['to another port of it', 'http://127.0.0.1:1/reload', ALL],
    ['without a reload URL', undefined, ALL],
    ['not to another host', 'http://127.0.0.2:PORT/reload', NONE],
    ['not from https to http', 'https://127.0.0.1:PORT/reload', NONE],
  ])('go along with a probe %s', async (_, url, expected) => {
    expect(await send(url)).toEqual(expected);
  });

  it('give way to those in the URL of the probe', async () => {
    expect(await send('http://127.0.0.1:PORT/reload', 'u:p@')).toEqual({
      ...ALL,
      authorization: `Basic ${btoa('u:p')}`,
    });
  });
});
