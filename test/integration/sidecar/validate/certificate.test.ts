import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/system/clock.ts';
import { createPair, openssl, type Pair, run } from '../../../support/openssl.ts';
import { createTempDir, type TempDir } from '../../../support/temp-dir.ts';
import { createValidate } from './validation-scene.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe.skipIf(openssl.missing)(`validation of certificates (${openssl.reason})`, () => {
  let made: TempDir;
  let own: Pair;
  let other: Pair;
  beforeAll(async () => {
    made = await createTempDir();
    own = createPair(made.path, 'own');
    other = createPair(made.path, 'other', 'rsa:2048');
  });
  afterAll(async () => await made[Symbol.asyncDispose]());

  type Case = { check?: string; files: Record<string, string>; dayOffset?: number };

  /** What is said of the files, without the path in front. */
  async function reasonFor({
    check = 'tls.crt=certificate',
    files,
    dayOffset = 0,
  }: Case): Promise<string | undefined> {
    await using directory = await createTempDir();
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(directory.path, name), text);
    const clock = { ...systemClock, now: () => Date.now() + dayOffset * DAY_MS };
    const { validate } = createValidate({ REHUP_VALIDATE: check }, [directory.path], { clock });
    const failure = await validate();
    return failure?.reason.replaceAll(`${directory.path}/`, '');
  }

  const pem = async (text: string): Promise<string | undefined> =>
    await reasonFor({ check: 'ca.pem=pem', files: { 'ca.pem': text } });

  it('accepts a certificate with its key, alone, with a chain, and with both in one file', async () => {
    const { certificate, key } = own;
    expect(await reasonFor({ files: { 'tls.crt': certificate, 'tls.key': key } })).toBeUndefined();
    expect(await reasonFor({ files: { 'tls.crt': certificate } })).toBeUndefined();
    const chain = certificate + other.certificate;
    expect(await reasonFor({ files: { 'tls.crt': chain, 'tls.key': key } })).toBeUndefined();
    expect(await reasonFor({ files: { 'tls.crt': `${key}\n${chain}` } })).toBeUndefined();
    const text = run(['x509', '-in', join(made.path, 'own.crt'), '-text']);
    expect(await reasonFor({ files: { 'tls.crt': text, 'tls.key': key } })).toBeUndefined();
    const windows = certificate.replaceAll('\n', '\r\n');
    expect(await reasonFor({ files: { 'tls.crt': windows, 'tls.key': key } })).toBeUndefined();
  });

  it('refuses a key that belongs to another certificate, wherever it is found', async () => {
    const { certificate } = own;
    const { key } = other;
    expect(await reasonFor({ files: { 'tls.crt': certificate, 'tls.key': key } })).toBe(
      'tls.crt, line 1: the private key in tls.key belongs to another certificate',
    );
    expect(await reasonFor({ files: { 'tls.crt': certificate + key, 'tls.key': own.key } })).toBe(
      'tls.crt, line 1: the private key in tls.crt belongs to another certificate',
    );
    const named = { check: '*.pem=certificate:private.pem', files: { 'a.pem': certificate } };
    expect(await reasonFor(named)).toBe('a.pem, line 1: its private key private.pem is not there');
    expect(
      await reasonFor({
        check: 'a.pem=certificate:private.pem',
        files: { 'a.pem': certificate, 'private.pem': key, 'a.key': own.key },
      }),
    ).toBe('a.pem, line 1: the private key in private.pem belongs to another certificate');
  });

  it('refuses what is no longer or not yet in force', async () => {
    const files = { 'tls.crt': own.certificate, 'tls.key': own.key };
    expect(await reasonFor({ files, dayOffset: 3 })).toMatch(
      /^tls\.crt, line 1: the certificate expired at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    expect(await reasonFor({ files, dayOffset: -1 })).toMatch(
      /^tls\.crt, line 1: the certificate is not valid before \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
  });

  it('refuses a key or certificate that is damaged, and says in which line it begins', async () => {
    const damaged = own.certificate.replace(/\n.{64}\n/, '\n');
    expect(await reasonFor({ files: { 'tls.crt': damaged } })).toBe(
      'tls.crt, line 1: holds a certificate that cannot be read',
    );
    expect(await reasonFor({ files: { 'tls.crt': own.certificate + damaged } })).toMatch(
      /^tls\.crt, line \d+: holds a certificate that cannot be read$/,
    );
    const damagedKey = own.key.replace(/\n.{64}\n/, '\n');
    expect(await reasonFor({ files: { 'tls.crt': own.certificate, 'tls.key': damagedKey } })).toBe(
      'tls.crt, line 1: tls.key holds a private key that cannot be read',
    );
    expect(await reasonFor({ files: { 'tls.crt': own.certificate, 'tls.key': 'x' } })).toBe(
      'tls.crt, line 1: tls.key holds no private key in PEM form',
    );
    expect(await reasonFor({ files: { 'tls.crt': own.key } })).toBe(
      'tls.crt: holds no certificate',
    );
  });

  it('leaves a key under a passphrase to the app', async () => {
    const from = ['-in', join(made.path, 'other.key'), '-passout', 'pass:x'];
    for (const key of [
      run(['pkcs8', '-topk8', '-v2', 'aes-256-cbc', ...from]),
      run(['rsa', '-aes256', '-traditional', ...from]),
    ]) {
      expect(
        await reasonFor({ files: { 'tls.crt': own.certificate, 'tls.key': key } }),
      ).toBeUndefined();
    }
  });

  it('checks the form of other PEM files', async () => {
    const { certificate, key } = own;
    const publicKey = run(['x509', '-in', join(made.path, 'own.crt'), '-pubkey', '-noout']);
    const [first = '', ...others] = certificate.trimEnd().split('\n');
    const end = others.at(-1) ?? '';
    expect(
      await pem(`CA of the house\n${certificate}\n${other.certificate}${key}${publicKey}`),
    ).toBeUndefined();
    expect(await pem('')).toBe('ca.pem: is not PEM: there is no BEGIN line');
    expect(await pem(`\n${first}\n${others.slice(0, -1).join('\n')}\n`)).toBe(
      'ca.pem, line 2: is not PEM: the block has no END line',
    );
    expect(await pem(`${first}\nAAAA\n-----END X509 CRL-----\n`)).toBe(
      'ca.pem, line 3: is not PEM: the block is not closed by the END line that belongs to it',
    );
    expect(await pem(`${first}\nAAA\n${end}\n`)).toBe(
      'ca.pem, line 1: is not PEM: the block holds something else than base64',
    );
    expect(await pem(`${first}\nAAAA\n${end}\n${end}\n`)).toBe(
      'ca.pem, line 4: is not PEM: the line belongs to no block',
    );
    expect(await pem(`${first}\nAAAA\n${end}\n`)).toBe(
      'ca.pem, line 1: holds a certificate that cannot be read',
    );
  });
});
