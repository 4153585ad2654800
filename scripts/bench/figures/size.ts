import { globSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';

import { useNamespace } from '../cluster.ts';
import { NotMeasured, type Figure } from '../figure.ts';
import { readEntrypoint } from '../inside.ts';
import { startBenchPod } from '../pod.ts';

/** As it is on the node: the archive of the image, and the files of the bundle in the container. */
export const size: Figure = {
  name: 'size',
  needs: 'cluster',
  results: ['bundle', 'bundle-main', 'image'],
  async *measure({ image }) {
    await using namespace = await useNamespace();
    await using pod = await startBenchPod({ namespace: namespace.name, image });
    const { pid } = await pod.container('rehup');
    const bundle = join(`/proc/${pid}/root`, readEntrypoint().bundle);
    const files = readdirSync(dirname(bundle)).map((name) => join(dirname(bundle), name));
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    yield { name: 'bundle', value: bytes / 1000, note: `${files.length} files` };
    yield { name: 'bundle-main', value: statSync(bundle).size / 1000 };
    const { name, bytes: compressed } = await exportImage(image);
    yield { name: 'image', value: compressed / 1e6, note: `${name} export, gzip` };
  },
};

/** Whoever has the image: docker, or a containerd with its socket at one of the usual places. */
async function exportImage(image: string): Promise<{ name: string; bytes: number }> {
  const sockets = ['/run/containerd/containerd.sock', ...globSync('/run/*/containerd.sock')];
  const commands = [
    ...sockets.map((socket) => {
      const node = [`--address=${socket}`, '--namespace=k8s.io'];
      return ['ctr', ...node, 'images', 'export', '-', image];
    }),
    ['docker', 'save', image],
  ];
  for (const [file = '', ...args] of commands) {
    const bytes = await countCompressed(file, args);
    if (bytes !== undefined) return { name: file, bytes };
  }
  throw new NotMeasured(`neither ctr nor docker has ${image}`);
}

/** The bytes of what the command prints, compressed; undefined if it fails. */
async function countCompressed(file: string, args: readonly string[]): Promise<number | undefined> {
  const child = execa(file, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    buffer: false,
    reject: false,
  });
  let bytes = 0;
  for await (const chunk of child.stdout.pipe(createGzip())) bytes += (chunk as Buffer).length;
  return (await child).failed ? undefined : bytes;
}
