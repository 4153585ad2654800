import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createPair } from '../../support/openssl.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { REHUP_IMAGE } from './image-names.ts';
import { getFromPod } from './kubectl.ts';
import type { Pod } from './pod.ts';

/** What a user does with an example, and where the application shows that it has taken the change. */
export interface Example {
  readonly name: string;
  readonly edit: readonly [from: string, to: string];
  readonly show: (pod: Pod) => Promise<string>;
  /** How often the container of the application is restarted by it. */
  readonly restarts?: number;
  /** What rehup says of the edit; `reloaded` where nothing is published. */
  readonly outcome?: 'published';
  /** What the reader makes before and after the edit, as a manifest. */
  readonly alongside?: (edition: string) => Promise<string>;
}

export const examples: readonly Example[] = [
  {
    name: 'alertmanager',
    edit: ['repeat_interval: 4h', 'repeat_interval: 3h'],
    show: get(9093, '/api/v2/status'),
  },
  {
    name: 'certificates',
    edit: ['CN=one', 'CN=two'],
    show: showServedCertificate,
    alongside: makeTlsSecret('certificates-tls'),
  },
  { name: 'haproxy', edit: ['hello', 'good evening'], show: get(8080, '/') },
  {
    name: 'nats',
    edit: ['max_connections: 1000', 'max_connections: 2000'],
    show: async (pod) => (await getFromPod(pod, 8222, '/varz')).replaceAll('"', ''),
  },
  { name: 'nginx', edit: ['hello', 'good evening'], show: get(8080, '/') },
  { name: 'node-app', edit: ['hello', 'good evening'], show: get(8080, '/') },
  {
    name: 'pgbouncer',
    edit: ['default_pool_size = 20', 'default_pool_size = 25'],
    show: async (pod) => {
      const console = ['psql', '-h', '127.0.0.1', '-p', '6432', '-U', 'admin', 'pgbouncer'];
      const asAdmin = ['env', 'PGPASSWORD=change-me', ...console, '-At', '-F', ' = '];
      return await pod.exec('pgbouncer', ...asAdmin, '-c', 'show config');
    },
  },
  {
    name: 'postgres',
    edit: ['work_mem = 8MB', 'work_mem = 16MB'],
    show: async (pod) => {
      const command = 'show work_mem';
      const value = await pod.exec('postgres', 'psql', '-U', 'postgres', '-Atc', command);
      return `work_mem = ${value}`;
    },
  },
  {
    name: 'prometheus',
    edit: ['scrape_interval: 30s', 'scrape_interval: 20s'],
    show: get(9090, '/api/v1/status/config'),
  },
  {
    name: 'publish-canary',
    edit: ["rehup.percent: '0'", "rehup.percent: '100'"],
    show: async (pod) => {
      const isNext = (await getFromPod(pod, 8080, '/')).includes('good evening');
      return `rehup.percent: '${isNext ? 100 : 0}'`;
    },
    outcome: 'published',
  },
  {
    name: 'publish-certificates',
    edit: ['CN=one', 'CN=two'],
    show: showServedCertificate,
    alongside: makeTlsSecret('publish-certificates-tls'),
    outcome: 'published',
  },
  {
    name: 'publish-nginx',
    edit: ['hello', 'good evening'],
    show: get(8080, '/'),
    outcome: 'published',
  },
  {
    name: 'publish-prometheus',
    edit: ['scrape_interval: 30s', 'scrape_interval: 20s'],
    show: get(9090, '/api/v1/status/config'),
    outcome: 'published',
  },
  {
    name: 'publish-subpath',
    edit: ['hello', 'good evening'],
    show: get(8080, '/'),
    outcome: 'published',
  },
  {
    name: 'publish-trust',
    edit: ['CN=one', 'CN=two'],
    show: showServedCertificate,
    alongside: makeTlsSecret('publish-trust-tls', { withAuthority: true }),
    outcome: 'published',
  },
  {
    name: 'publish-watching-app',
    edit: ['"hello"', '"good evening"'],
    show: async (pod) => `"${(await getFromPod(pod, 8080, '/')).trim()}"`,
    outcome: 'published',
  },
  { name: 'python-app', edit: ['hello', 'good evening'], show: get(8080, '/') },
  {
    name: 'redis',
    edit: ['noeviction', 'allkeys-lru'],
    show: (pod) => pod.exec('redis', 'redis-cli', 'config', 'get', 'maxmemory-policy'),
    restarts: 1,
  },
  { name: 'restart', edit: ['hello', 'good evening'], show: get(8080, '/'), restarts: 1 },
];

/** Programs that Debian does not have. The API server checks their manifests; nobody runs them. */
export const notInDebian = [
  'coredns',
  'envoy',
  'fluent-bit',
  'grafana-dashboards',
  'spring-app',
  'vector',
];

const folder = join(import.meta.dirname, '../../../examples');

/** Every folder of examples with a `manifest.yaml`. */
export const foldersWithManifest = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, 'manifest.yaml')))
  .toSorted();

/** The manifest as it is, but for the tag of rehup: the one under test has not been released yet. */
export async function readManifest(name: string): Promise<string> {
  const text = await readFile(join(folder, name, 'manifest.yaml'), 'utf8');
  return text.replaceAll(/ghcr\.io\/rehup\/rehup:\S+/g, REHUP_IMAGE);
}

function get(port: number, path: string): Example['show'] {
  return (pod) => getFromPod(pod, port, path);
}

/** @param withAuthority The certificate is its own, and stands in `ca.crt` as well. */
function makeTlsSecret(
  name: string,
  { withAuthority = false }: { withAuthority?: boolean } = {},
): NonNullable<Example['alongside']> {
  return async (edition) => {
    await using directory = await createTempDir('rehup-tls-');
    const { certificate, key } = createPair(directory.path, edition.replace('CN=', ''));
    const pair = { 'tls.crt': certificate, 'tls.key': key };
    const stringData = { ...pair, ...(withAuthority && { 'ca.crt': certificate }) };
    const type = 'kubernetes.io/tls';
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      type,
      stringData,
    });
  };
}

/** The addresses of pods need not be reachable from here, but those in a pod share one. */
async function showServedCertificate(pod: Pod): Promise<string> {
  const connect = `require('tls').connect(8443, '127.0.0.1', { rejectUnauthorized: false })`;
  const script = `${connect}.once('secureConnect', function () {
    console.log('CN=' + this.getPeerCertificate().subject.CN);
    this.end();
  })`;
  return await pod.exec('rehup', 'node', '-e', script);
}
