import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';

import { createTempDir } from '../../support/temp-dir.ts';
import {
  ALERTMANAGER_IMAGE,
  APP_IMAGE,
  BUSYBOX_IMAGE,
  HAPROXY_IMAGE,
  NATS_IMAGE,
  NGINX_IMAGE,
  NODE_EXPORTER_IMAGE,
  NODE_IMAGE,
  PGBOUNCER_IMAGE,
  POSTGRES_IMAGE,
  PROMETHEUS_IMAGE,
  PYTHON_IMAGE,
  REDIS_IMAGE,
  REHUP_IMAGE,
} from './image-names.ts';

/**
 * How images get into the cluster, by environment variables:
 *
 * - `REHUP_E2E_BUILD`: a shell command that builds the file $DOCKERFILE in the folder $CONTEXT as
 *   the image $NAME, and writes it as a Docker archive to the file $TAR.
 * - `REHUP_E2E_LOAD`: a shell command that loads the archive $TAR into the nodes.
 * - `REHUP_E2E_PULL=1`: the nodes pull the public images of the programs of others. Otherwise stand-ins for
 *   them are built from Debian's packages, since a cluster for tests may have no registry.
 * - `REHUP_E2E_SKIP_IMAGES=1`: everything is loaded already.
 */
const DEFAULT_BUILD =
  'docker build --provenance=false --tag "$NAME" --file "$DOCKERFILE" "$CONTEXT" && docker save --output "$TAR" "$NAME"';
const DEFAULT_LOAD = 'kind load image-archive "$TAR"';

interface Image {
  readonly name: string;
  readonly dockerfile: string;
  readonly context: string;
}

const root = join(import.meta.dirname, '../../..');
const e2e = join(root, 'test/e2e');

const ownImages: readonly Image[] = [
  { name: REHUP_IMAGE, dockerfile: join(root, 'Dockerfile'), context: root },
  { name: APP_IMAGE, dockerfile: join(e2e, 'app/Dockerfile'), context: join(e2e, 'app') },
];

const standIns: readonly Image[] = [
  { name: NGINX_IMAGE, ...standIn('nginx.Dockerfile') },
  { name: PROMETHEUS_IMAGE, ...standIn('prometheus.Dockerfile') },
  { name: HAPROXY_IMAGE, ...standIn('haproxy.Dockerfile') },
  { name: POSTGRES_IMAGE, ...standIn('postgres.Dockerfile') },
  { name: BUSYBOX_IMAGE, ...standIn('busybox.Dockerfile') },
  { name: NODE_EXPORTER_IMAGE, ...standIn('node-exporter.Dockerfile') },
  { name: ALERTMANAGER_IMAGE, ...standIn('alertmanager.Dockerfile') },
  { name: PGBOUNCER_IMAGE, ...standIn('pgbouncer.Dockerfile') },
  { name: NATS_IMAGE, ...standIn('nats.Dockerfile') },
  { name: REDIS_IMAGE, ...standIn('redis.Dockerfile') },
  { name: NODE_IMAGE, ...standIn('node.Dockerfile') },
  { name: PYTHON_IMAGE, ...standIn('python.Dockerfile') },
];

function standIn(file: string): Omit<Image, 'name'> {
  const context = join(e2e, 'images');
  return { dockerfile: join(context, file), context };
}

export async function buildAndLoadImages(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (env['REHUP_E2E_SKIP_IMAGES'] === '1') return;
  await using folder = await createTempDir('rehup-images-');
  const images = env['REHUP_E2E_PULL'] === '1' ? ownImages : [...ownImages, ...standIns];
  for (const [index, image] of images.entries()) {
    await buildAndLoad(image, join(folder.path, `${index}.tar`), env);
  }
}

async function buildAndLoad(image: Image, tar: string, env: NodeJS.ProcessEnv): Promise<void> {
  const variables = {
    NAME: image.name,
    DOCKERFILE: image.dockerfile,
    CONTEXT: image.context,
    TAR: tar,
  };
  await runShell(env['REHUP_E2E_BUILD'] ?? DEFAULT_BUILD, variables);
  await runShell(env['REHUP_E2E_LOAD'] ?? DEFAULT_LOAD, variables);
  const size = image.name === REHUP_IMAGE ? ` (${await describeSize(tar)})` : '';
  console.log(`e2e: loaded ${image.name}${size}`);
}

async function runShell(command: string, variables: Record<string, string>): Promise<void> {
  // Long and noisy; the error carries the output if it fails.
  await execa(command, { shell: true, env: variables, all: true, stdin: 'ignore' });
}

async function describeSize(tar: string): Promise<string> {
  const gzip = createGzip();
  let compressed = 0;
  gzip.on('data', (chunk: Buffer) => {
    compressed += chunk.length;
  });
  await pipeline(createReadStream(tar), gzip);
  return `${toMegabytes((await stat(tar)).size)}, ${toMegabytes(compressed)} compressed`;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
