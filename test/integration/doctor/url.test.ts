// Faults on the way to the reload URL. Doctor finds them without asking it for anything.
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/system/fault.ts';
import { openssl } from '../../support/abilities.ts';
import { createAuthority } from '../../support/certificates.ts';
import { createHttpApp, findFreePort } from '../../support/http-app.ts';
import { type HttpServer, startHttpServer, startTcpServer } from '../../support/http-server.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startLineProcess } from '../../support/line-process.ts';
import {
  type Problem,
  type Remedy,
  toDoctorCommand,
  toReport,
} from '../../support/doctor/report.ts';
import { variablesOf } from '../../support/doctor/apply.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { waitFor } from '../../support/wait-for.ts';

type Env = Readonly<Record<string, string>>;

describe('rehup doctor and the reload URL', () => {
  it('names url-refused, and the ports at which somebody listens', async () => {
    await using server = await startHttpServer();
    const wrong = await findFreePort();
    await using volume = await createVolume();
    const env = { REHUP_WATCH: volume.root, REHUP_URL: `http://127.0.0.1:${wrong}/-/reload` };
    const problem = await diagnose(env, 'url-refused');
    expect(problem.seen).toContain(`somebody listens at`);
    expect(problem.seen).toContain(`127.0.0.1:${server.port}`);
    const remedies = problem.remedies.filter(({ changes }) =>
      changes.some(({ value }) => value?.includes(`:${server.port}/-/reload`)),
    );
    await expectReload({ ...env, ...variablesOf(onlyOne(remedies)) }, server, volume);
  });

  it('names url-other-address: localhost is another address than the app listens on', async () => {
    await using server = await startHttpServer(undefined, { host: '::1' });
    await using volume = await createVolume();
    const env = {
      REHUP_WATCH: volume.root,
      REHUP_URL: `http://127.0.0.1:${server.port}/-/reload`,
    };
    const problem = await diagnose(env, 'url-other-address');
    expect(problem.seen).toContain(
      `nobody listens at 127.0.0.1:${server.port}, but at [::1]:${server.port}`,
    );
    await expectReload({ ...env, ...variablesOf(onlyOne(problem.remedies)) }, server, volume);
  });

  it('names url-timed-out: somebody takes the connection, and then says nothing', async () => {
    await using silent = await startTcpServer((socket) => socket.resume());
    await using volume = await createVolume();
    const url = `https://127.0.0.1:${silent.port}/-/reload`;
    const env = { REHUP_WATCH: volume.root, REHUP_URL: url, REHUP_TIMEOUT: '300ms' };
    const problem = await diagnose(env, 'url-timed-out');
    expect(problem.seen).toBe(`POST ${url} got no connection within 300 ms`);
  });

  it('names url-timed-out of a reload that takes longer, and how long to wait', async () => {
    await using server = await startHttpServer((response) => {
      setTimeout(() => response.end('ok'), 700);
    });
    await using volume = await createVolume();
    const env = {
      REHUP_WATCH: volume.root,
      REHUP_URL: server.url('/-/reload'),
      REHUP_TIMEOUT: '500ms',
      REHUP_LISTEN: `127.0.0.1:${await findFreePort()}`,
    };
    await using rehup = await startRehup({ env });
    await rehup.line({ msg: 'watching' });
    await volume.write({ 'app.conf': 'two' });
    // The reload at the start times out, too, and is superseded then.
    await rehup.line({ msg: 'update seen' });
    await rehup.line({ msg: 'reload failed', outcome: 'timed-out' });
    const problem = await diagnose(env, 'url-timed-out');
    await rehup.stop();
    const [first] = problem.remedies;
    expect(variablesOf(first)).toEqual({ REHUP_TIMEOUT: '1500ms' });
    await expectReload({ ...env, ...variablesOf(first) }, server, volume);
  });

  it('does not show the credentials in a URL, nor a remedy that would', async () => {
    const port = await findFreePort();
    await using volume = await createVolume();
    const env = {
      REHUP_WATCH: volume.root,
      REHUP_URL: `http://admin:hunter2@127.0.0.1:${port}/-/reload?token=secret`,
    };
    const problem = await diagnose(env, 'url-refused');
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|secret/);
    expect(problem.remedies).toEqual([]);
  });

  it('reads the ready URL, which is there to be read', async () => {
    await using app = await createHttpApp();
    app.answer((response) => response.writeHead(503).end());
    await using volume = await createVolume();
    const env = { REHUP_WATCH: volume.root, REHUP_URL: app.url, REHUP_READY_URL: app.url };
    const problem = await diagnose(env, 'url-wrong-status');
    expect(problem.seen).toContain('was answered with status 503');
    expect(app.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe.skipIf(openssl.missing)(`rehup doctor and TLS${openssl.note}`, () => {
  it('names url-certificate-authority: nobody vouches for the certificate of the app', async () => {
    await using authority = await createAuthority();
    const { pem } = await authority.issue('app');
    await using server = await startHttpServer(undefined, { tls: pem });
    await using volume = await createVolume();
    const env = { REHUP_WATCH: volume.root, REHUP_URL: server.url('/-/reload') };
    const problem = await diagnose(env, 'url-certificate-authority');
    const [first] = problem.remedies;
    expect(variablesOf(first)).toEqual({ REHUP_CA_FILE: '/etc/rehup/ca/ca.crt' });
    // What the remedy mounts there.
    await expectReload({ ...env, REHUP_CA_FILE: authority.caFile }, server, volume);
  });

  it('names url-certificate-name: the certificate of the app is for another name', async () => {
    await using authority = await createAuthority();
    const { pem } = await authority.issue('app', { subjectAltName: 'DNS:app.example.com' });
    await using server = await startHttpServer(undefined, { tls: pem });
    await using volume = await createVolume();
    const url = server.url('/-/reload');
    const env = { REHUP_WATCH: volume.root, REHUP_URL: url, REHUP_CA_FILE: authority.caFile };
    const problem = await diagnose(env, 'url-certificate-name');
    expect(problem.seen).toContain('it is for DNS:app.example.com');
    await expectReload({ ...env, ...variablesOf(onlyOne(problem.remedies)) }, server, volume);
  });

  it('names url-failed: the app speaks plain HTTP at this port', async () => {
    await using server = await startHttpServer();
    await using volume = await createVolume();
    const url = `https://127.0.0.1:${server.port}/-/reload`;
    const problem = await diagnose({ REHUP_WATCH: volume.root, REHUP_URL: url }, 'url-failed');
    expect(problem.remedy).toContain('write http:// in REHUP_URL');
    expect(server.requests).toEqual([]);
  });

  it('finds out that the app asks for a client certificate, which comes after the handshake', async () => {
    await using authority = await createAuthority();
    const { pem, certFile, keyFile } = await authority.issue('app');
    const { readFile } = await import('node:fs/promises');
    const ca = await readFile(authority.caFile, 'utf8');
    const tls = { ...pem, ca, requestCert: true, rejectUnauthorized: true };
    await using server = await startHttpServer(undefined, { tls });
    await using volume = await createVolume();
    const url = server.url('/-/reload');
    const env = { REHUP_WATCH: volume.root, REHUP_URL: url, REHUP_CA_FILE: authority.caFile };
    const problem = await diagnose(env, 'url-failed');
    expect(problem.remedy).toContain('REHUP_CERT_FILE');
    const withCertificate = { REHUP_CERT_FILE: certFile, REHUP_KEY_FILE: keyFile };
    await expectReload({ ...env, ...withCertificate }, server, volume);
  });
});

async function createVolume(): ReturnType<typeof createKubeletVolume> {
  const volume = await createKubeletVolume();
  await volume.write({ 'app.conf': 'one' });
  return volume;
}

async function diagnose(env: Env, fault: Fault): Promise<Problem> {
  const command = toDoctorCommand({ REHUP_LISTEN: 'off', ...env });
  const { problems, exitCode } = await toReport(await startLineProcess(command));
  const [problem, ...others] = problems;
  expect({ id: problem?.id, others, exitCode }).toEqual({ id: fault, others: [], exitCode: 5 });
  if (problem === undefined) throw new Error('nothing was found');
  return problem;
}

function onlyOne(remedies: readonly Remedy[]): Remedy {
  const [first, ...others] = remedies;
  expect(others).toEqual([]);
  if (first === undefined) throw new Error('there is no remedy');
  return first;
}

type Volume = Awaited<ReturnType<typeof createKubeletVolume>>;

async function expectReload(env: Env, server: HttpServer, volume: Volume): Promise<void> {
  await using rehup = await startRehup({ env });
  await rehup.line({ msg: 'watching' });
  await volume.write({ 'app.conf': 'remedied' });
  await rehup.line({ msg: 'reloaded' });
  await waitFor('the request', () => server.requests.some(({ path }) => path === '/-/reload'));
}
