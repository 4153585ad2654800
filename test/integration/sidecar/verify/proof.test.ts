import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/system/clock.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createProcessTable, type Process } from '../../../../src/sidecar/target/processes.ts';
import { createProof } from '../../../../src/sidecar/verify/create.ts';
import { type HttpServer, startHttpServer } from '../../../support/http-server.ts';
import { readSettings } from '../../../support/http-settings.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { programCommand, startProgram } from '../../../support/start-program.ts';
import { waitFor } from '../../../support/wait-for.ts';

const table = createProcessTable();
const METRICS = '# HELP reloads\nconfig_hash{v="c0ffee"} 1\nconfig_ok 1\n';

async function prove(
  env: Readonly<Record<string, string>>,
  { targets = [] as Process[], clock = systemClock } = {},
): Promise<Failure | undefined> {
  const proof = createProof(readSettings(env), { table, clock });
  const request = { changes: new Map(), hash: 'c0ffee', targets, sent: undefined };
  return await proof(request, new AbortController().signal);
}

describe('the look for the new content', () => {
  it.each([
    ['2xx alone', {}],
    ['a body that tells the hash', { REHUP_VERIFY_MATCH: 'v="{{hash}}"' }],
    ['a line of the body', { REHUP_VERIFY_MATCH: '^config_ok 1$' }],
  ])('is content with %s', async (_, env) => {
    await using server = await startHttpServer((response) => response.end(METRICS));
    expect(await prove({ REHUP_VERIFY_URL: server.url('/metrics'), ...env })).toBeUndefined();
  });

  it('asks for the content by its hash, and reads a page of metrics to the end', async () => {
    await using server = await startHttpServer((response) =>
      response.end(`${'# filler\n'.repeat(20_000)}${METRICS}`),
    );
    const env = {
      REHUP_VERIFY_URL: server.url('/has/{{hash}}?v={{hash}}'),
      REHUP_VERIFY_MATCH: '^config_ok 1$',
    };
    expect(await prove(env)).toBeUndefined();
    expect(server.requests[0]?.path).toBe('/has/c0ffee?v=c0ffee');
  });

  it('is not taken in by the success of an earlier reload, while the signal is on its way', async () => {
    const clock = createManualClock();
    let body = METRICS;
    await using server = await startHttpServer((response) => response.end(body));
    const env = {
      REHUP_VERIFY_URL: server.url(),
      REHUP_VERIFY_MATCH: '^config_ok 1$',
      REHUP_SURVIVE: '1s',
      REHUP_VERIFY_TIMEOUT: '2s',
    };
    let ended = false;
    const proof = prove(env, { clock }).finally(() => (ended = true));
    await clock.advance(999);
    expect(server.requests).toEqual([]);
    body = 'config_ok 0\n';
    await waitFor('the proof', async () => {
      if (clock.sleeping() > 0) await clock.advance(500);
      return ended;
    });
    expect(await proof).toMatchObject({ outcome: 'unverified' });
  });

  it('goes on until the app is up and shows the content', async () => {
    const clock = createManualClock();
    await using server = await startHttpServer((response) => {
      const looks = server.requests.length;
      if (looks < 3) response.writeHead(503).end('starting');
      else response.end(looks < 5 ? 'old' : 'c0ffee');
    });
    const env = { REHUP_VERIFY_URL: server.url(), REHUP_VERIFY_MATCH: '{{hash}}' };
    let ended = false;
    const proof = prove(env, { clock }).finally(() => (ended = true));
    await waitFor('the proof', async () => {
      // Time passes only while the proof waits for it, and so for no answer.
      if (clock.sleeping() > 0) await clock.advance(2000);
      return ended;
    });
    expect(await proof).toBeUndefined();
    expect(server.requests).toHaveLength(5);
  });

  it.each([
    [
      'status',
      (server: HttpServer) => `GET ${server.url('/{{hash}}')} was answered with status 404`,
    ],
    [
      'mismatch',
      (server: HttpServer) =>
        `GET ${server.url('/{{hash}}')} was answered with status 200, but the body does not match REHUP_VERIFY_MATCH`,
    ],
  ])('tells the last %s when it gives up, and neither body nor hash', async (what, seen) => {
    await using server = await startHttpServer((response) =>
      response.writeHead(what === 'status' ? 404 : 200).end('s3cret'),
    );
    const failure = await prove({
      REHUP_VERIFY_URL: server.url('/{{hash}}'),
      REHUP_VERIFY_MATCH: '{{hash}}',
      REHUP_VERIFY_TIMEOUT: '1ms',
    });
    expect(failure?.outcome).toBe('unverified');
    expect(failure?.reason).toMatch(/^the new content was not seen in the app within 1 ms /);
    expect(failure?.reason.endsWith(`at last, ${seen(server)}`)).toBe(true);
    expect(failure?.remedy).toContain('raise REHUP_VERIFY_TIMEOUT');
    expect(JSON.stringify(failure)).not.toMatch(/s3cret|c0ffee/);
  });

  it('ends with the death of the app', async () => {
    await using app = await startProgram(programCommand('no-handler', 'app'));
    const target = table.read(app.pid);
    if (target === undefined) throw new Error('the app is gone');
    await using server = await startHttpServer((response) => {
      response.writeHead(503).end();
      app.kill('SIGKILL');
    });
    const env = { REHUP_VERIFY_URL: server.url(), REHUP_SURVIVE: '1ms' };
    expect(await prove(env, { targets: [target] })).toMatchObject({
      outcome: 'target-died',
      reason: expect.stringMatching(/^app \(\d+\) died \d+ ms after the reload$/) as string,
    });
  });
});
