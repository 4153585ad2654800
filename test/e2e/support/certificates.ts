import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

import { createTempDir } from '../../support/temp-dir.ts';

const FILES = ['ca.crt', 'server.crt', 'server.key', 'client.crt', 'client.key'] as const;

/** PEM texts by file name, as the data of a Secret. */
export type Certificates = Readonly<Record<(typeof FILES)[number], string>>;

/** Certificates can be made here: needs OpenSSL 3, which signs with a CA in one step. */
export async function canMakeCertificates(): Promise<boolean> {
  const { stdout } = await execa('openssl', ['version'], { reject: false });
  return /^OpenSSL (?:[3-9]|\d\d)\./.test(stdout ?? '');
}

/** A new CA, and what it has signed: for a server at 127.0.0.1, and for a client with this name. */
export async function makeCertificates(client: string): Promise<Certificates> {
  await using folder = await createTempDir('rehup-certificates-');
  const path = (name: string): string => join(folder.path, name);
  // The extensions of the machine's own configuration would come on top.
  await writeFile(path('openssl.cnf'), '[req]\ndistinguished_name = dn\n[dn]\n');
  const request = async (name: string, commonName: string, ...more: string[]): Promise<void> => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const output = ['-keyout', path(`${name}.key`), '-out', path(`${name}.crt`)];
    const subject = ['-subj', `/CN=${commonName}`, '-days', '1'];
    const config = ['-config', path('openssl.cnf')];
    await execa('openssl', ['req', '-x509', ...config, ...key, ...output, ...subject, ...more]);
  };
  const signed = ['-CA', path('ca.crt'), '-CAkey', path('ca.key')];
  await request('ca', `CA of ${client}`, '-addext', 'basicConstraints=critical,CA:TRUE');
  await request('server', 'app', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1');
  await request('client', client, ...signed, '-addext', 'extendedKeyUsage=clientAuth');
  const texts = await Promise.all(
    FILES.map(async (name) => [name, await readFile(path(name), 'utf8')]),
  );
  return Object.fromEntries(texts) as Certificates;
}
