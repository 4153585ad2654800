import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { createTempDir } from './temp-dir.ts';

interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** What a TLS server takes. */
  readonly pem: { readonly cert: string; readonly key: string };
}

export interface IssueOptions {
  /** Default: the loopback addresses and localhost. */
  readonly subjectAltName?: string;
  /** Default: from yesterday to tomorrow. */
  readonly valid?: 'now' | 'past' | 'future';
}

/** A certificate authority of its own. Its files go with it. */
export interface Authority extends AsyncDisposable {
  readonly caFile: string;
  readonly issue: (commonName: string, options?: IssueOptions) => Promise<Certificate>;
}

const LOOPBACK = 'IP:127.0.0.1,IP:::1,DNS:localhost';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAY_MS = 86_400_000;
/** From and to, in days from now. */
const PERIODS = { now: [-1, 1], past: [-20, -10], future: [10, 20] } as const;

// `openssl ca` is the one command that sets both dates in every release since 1.1.
const CONFIG = `
[ca]
default_ca = ca_default
[ca_default]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`;

/** Makes an authority with openssl. */
export async function createAuthority(name = 'test authority'): Promise<Authority> {
  const tempDir = await createTempDir('rehup-ca-');
  const cwd = tempDir.path;
  const openssl = async (...args: readonly string[]): Promise<void> => {
    await execa('openssl', args, { cwd });
  };
  await writeFile(join(cwd, 'openssl.cnf'), CONFIG);
  await writeFile(join(cwd, 'index.txt'), '');
  await writeFile(join(cwd, 'serial'), '01\n');
  const ca = ['-keyout', 'ca.key', '-out', 'ca.crt'];
  await openssl('req', '-x509', ...NEW_KEY, ...ca, '-days', '2', '-subj', `/CN=${name}`);
  let issued = 0;
  return {
    caFile: join(cwd, 'ca.crt'),
    issue: async (commonName, { subjectAltName = LOOPBACK, valid = 'now' } = {}) => {
      issued += 1;
      const directory = join(cwd, `${issued}`);
      await mkdir(directory);
      const [certFile, keyFile, request] = ['tls.crt', 'tls.key', 'tls.csr'].map((file) =>
        join(directory, file),
      ) as [string, string, string];
      const subject = ['-subj', `/CN=${commonName}`];
      const names = ['-addext', `subjectAltName=${subjectAltName}`];
      await openssl('req', ...NEW_KEY, '-keyout', keyFile, '-out', request, ...subject, ...names);
      const signer = ['-config', 'openssl.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key'];
      const [from, to] = PERIODS[valid];
      const dates = ['-startdate', toAsn1(from), '-enddate', toAsn1(to)];
      const files = ['-in', request, '-out', certFile, '-notext'];
      await openssl('ca', '-batch', ...signer, ...files, ...dates);
      const pem = {
        cert: await readFile(certFile, 'utf8'),
        key: await readFile(keyFile, 'utf8'),
      };
      return { certFile, keyFile, pem };
    },
    [Symbol.asyncDispose]: tempDir[Symbol.asyncDispose],
  };
}

function toAsn1(daysFromNow: number): string {
  const time = new Date(Date.now() + daysFromNow * DAY_MS).toISOString();
  return `${time.replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}
