import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { openssl } from '../../../support/abilities.ts';
import {
  type Authority,
  createAuthority,
  type IssueOptions,
} from '../../../support/certificates.ts';
import { actOnce, createHttpActor } from '../../../support/http-action.ts';
import { type HttpServer, startHttpServer } from '../../../support/http-server.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const { missing, note } = openssl;

async function serve(
  authority: Authority,
  { issue, ...tls }: TlsOptions & { issue?: IssueOptions } = {},
): Promise<HttpServer> {
  const { pem } = await authority.issue('app', issue);
  return await startHttpServer(undefined, { tls: { ...pem, ...tls } });
}

describe.skipIf(missing)(`HTTPS${note}`, () => {
  it('works with the authority that the app was certified by, on every loopback name', async () => {
    await using authority = await createAuthority();
    await using server = await serve(authority);
    const trusted = { REHUP_CA_FILE: authority.caFile };
    expect(await actOnce({ ...trusted, REHUP_URL: server.url() })).toBeUndefined();
    const named = `https://localhost:${server.port}/`;
    expect(await actOnce({ ...trusted, REHUP_URL: named })).toBeUndefined();
  });

  it.each([
    ['an unknown authority', {}, undefined, 'was issued by an unknown authority', 'REHUP_CA_FILE'],
    ['another authority', {}, 'other', 'was issued by an unknown authority', 'REHUP_CA_FILE'],
    ['an expired certificate', { valid: 'past' }, 'right', 'has expired', 'renew it'],
    ['one of the future', { valid: 'future' }, 'right', 'is not valid yet', 'clock of the node'],
    [
      'another name',
      { subjectAltName: 'DNS:app.default.svc' },
      'right',
      'is not for 127.0.0.1; it is for DNS:app.default.svc',
      'REHUP_SERVER_NAME',
    ],
  ] as const)('refuses %s and says what helps', async (_, issue, trusted, reason, remedy) => {
    await using right = await createAuthority();
    await using other = await createAuthority('other authority');
    await using server = await serve(right, { issue });
    const caFile = trusted && { right, other }[trusted].caFile;
    const failure = await actOnce({
      REHUP_URL: server.url(),
      ...(caFile !== undefined && { REHUP_CA_FILE: caFile }),
    });
    expect(failure?.outcome).toBe('unreachable');
    expect(failure?.reason).toContain(`the certificate of the app ${reason}`);
    expect(failure?.remedy).toContain(remedy);
    expect(server.requests).toEqual([]);
  });

  it('refuses a self-signed certificate unless it is named as the authority', async () => {
    await using authority = await createAuthority();
    const { caFile } = authority;
    await using server = await serve(authority);
    // The authority signed itself; a server that shows that certificate is self-signed.
    const [cert, key] = await Promise.all([
      readFile(caFile, 'utf8'),
      readFile(caFile.replace(/crt$/, 'key'), 'utf8'),
    ]);
    server.setTls({ cert, key });
    expect(await actOnce({ REHUP_URL: server.url() })).toMatchObject({
      reason: expect.stringContaining('is self-signed') as string,
      remedy: expect.stringContaining('REHUP_CA_FILE') as string,
    });
    const env = { REHUP_URL: server.url(), REHUP_CA_FILE: caFile };
    expect((await actOnce(env))?.reason).toContain('is not for 127.0.0.1');
  });

  it.each([
    ['the name of REHUP_SERVER_NAME', { REHUP_SERVER_NAME: 'app.default.svc' }],
    ['any certificate where that is wanted', { REHUP_INSECURE_SKIP_VERIFY: 'true' }],
  ])('accepts %s', async (_, env) => {
    await using authority = await createAuthority();
    await using server = await serve(authority, {
      issue: { subjectAltName: 'DNS:app.default.svc' },
    });
    const ca = 'REHUP_SERVER_NAME' in env ? { REHUP_CA_FILE: authority.caFile } : {};
    expect(await actOnce({ REHUP_URL: server.url(), ...ca, ...env })).toBeUndefined();
  });

  it('reads the authority anew for each call', async () => {
    await using dir = await createTempDir();
    await using authority = await createAuthority();
    await using other = await createAuthority('other authority');
    await using server = await serve(authority);
    const caFile = join(dir.path, 'ca.crt');
    const actor = createHttpActor({ REHUP_URL: server.url(), REHUP_CA_FILE: caFile });
    await copyFile(other.caFile, caFile);
    expect((await actor.act())?.reason).toContain('unknown authority');
    await copyFile(authority.caFile, caFile);
    expect(await actor.act()).toBeUndefined();
    await writeFile(caFile, 'no certificate');
    expect((await actor.act())?.reason).toContain(`${caFile} (REHUP_CA_FILE) holds no certificate`);
  });

  it('is told from plain HTTP, both ways', async () => {
    await using authority = await createAuthority();
    await using secure = await serve(authority);
    await using plain = await startHttpServer();
    const toPlain = await actOnce({ REHUP_URL: `https://127.0.0.1:${plain.port}/` });
    expect(toPlain?.reason).toContain('the app does not speak TLS at this port');
    expect(toPlain?.remedy).toContain('write http:// in REHUP_URL');
    const toSecure = await actOnce({ REHUP_URL: `http://127.0.0.1:${secure.port}/` });
    expect(toSecure?.remedy).toContain('write https:// in REHUP_URL');
  });

  it('goes through a unix socket, too', async () => {
    await using dir = await createTempDir();
    await using authority = await createAuthority();
    const { pem } = await authority.issue('app', { subjectAltName: 'DNS:app' });
    const unixSocket = join(dir.path, 'app.sock');
    await using server = await startHttpServer(undefined, { tls: pem, unixSocket });
    const env = { REHUP_UNIX_SOCKET: unixSocket, REHUP_CA_FILE: authority.caFile };
    expect(await actOnce({ ...env, REHUP_URL: 'https://app/' })).toBeUndefined();
    expect((await actOnce({ ...env, REHUP_URL: 'https://other/' }))?.reason).toContain(
      'is not for other; it is for DNS:app',
    );
    expect(server.requests).toHaveLength(1);
  });
});

describe.skipIf(missing)(`mutual TLS${note}`, () => {
  it('uses a certificate that was rotated since the last call', async () => {
    await using dir = await createTempDir();
    await using authority = await createAuthority();
    const ca = await readFile(authority.caFile);
    await using server = await serve(authority, { ca, requestCert: true });
    const certFile = join(dir.path, 'tls.crt');
    const keyFile = join(dir.path, 'tls.key');
    const actor = createHttpActor({
      REHUP_URL: server.url(),
      REHUP_CA_FILE: authority.caFile,
      REHUP_CERT_FILE: certFile,
      REHUP_KEY_FILE: keyFile,
    });
    for (const name of ['first', 'second']) {
      const client = await authority.issue(name);
      await copyFile(client.certFile, certFile);
      await copyFile(client.keyFile, keyFile);
      expect(await actor.act()).toBeUndefined();
      expect(server.requests.at(-1)?.client).toBe(`CN=${name}`);
    }
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is asked for over %s', async (maxVersion) => {
    await using authority = await createAuthority();
    await using stranger = await createAuthority('stranger');
    const ca = await readFile(authority.caFile);
    await using server = await serve(authority, { ca, requestCert: true, maxVersion });
    const env = { REHUP_URL: server.url(), REHUP_CA_FILE: authority.caFile };
    const without = await actOnce(env);
    expect(without?.outcome).toBe('unreachable');
    expect(without?.remedy).toContain('REHUP_CERT_FILE and REHUP_KEY_FILE');
    const { certFile, keyFile } = await stranger.issue('stranger');
    const untrusted = await actOnce({
      ...env,
      REHUP_CERT_FILE: certFile,
      REHUP_KEY_FILE: keyFile,
    });
    expect(untrusted?.outcome).toBe('unreachable');
    expect(untrusted?.remedy).toMatch(/authority/);
    expect(server.requests).toEqual([]);
  });

  it('tells a key that is not the one of the certificate', async () => {
    await using authority = await createAuthority();
    await using server = await serve(authority);
    const [one, other] = [await authority.issue('one'), await authority.issue('other')];
    const failure = await actOnce({
      REHUP_URL: server.url(),
      REHUP_CERT_FILE: one.certFile,
      REHUP_KEY_FILE: other.keyFile,
    });
    expect(failure).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining(
        `the key in ${other.keyFile} is not the one of the certificate in ${one.certFile}`,
      ) as string,
      remedy: expect.stringContaining('mount both from one Secret') as string,
    });
  });
});
