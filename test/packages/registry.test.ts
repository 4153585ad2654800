// The chart as a release publishes it, and a chart of somebody else gets it: through a registry.
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { startLineProcess } from '../support/line-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { helm, registry } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';

const charts = join(import.meta.dirname, '../../examples/helm');
const note = `${helm.note}${registry.note}`;

describe.skipIf(helm.missing || registry.missing)(`a registry${note}`, () => {
  it('takes the chart, and gives it to a chart that depends on it', async () => {
    await using directory = await createTempDir('rehup-registry-');
    const file = join(directory.path, 'registry.json');
    const settings = {
      version: '0.1',
      storage: { filesystem: { rootdirectory: join(directory.path, 'data') } },
      http: { addr: '127.0.0.1:0' },
    };
    await writeFile(file, JSON.stringify(settings));
    await using server = await startLineProcess([registry.command, 'serve', file]);
    const address = await waitFor('the registry to listen', () =>
      /listening on (127\.0\.0\.1:\d+)/.exec(server.stderr.join('\n'))?.at(1),
    );
    const env = { PATH: process.env['PATH'], HOME: directory.path };
    const run = async (...args: string[]): Promise<string> =>
      (await execa(helm.command, args, { env, extendEnv: false, all: true })).all;

    const out = join(directory.path, 'out');
    const packaged = await run('package', join(charts, 'rehup'), '--destination', out);
    const [archive = ''] = /\S+\.tgz$/m.exec(packaged) ?? [];
    const pushed = await run('push', archive, `oci://${address}/charts`, '--plain-http');
    // By which the release signs it.
    expect(pushed).toMatch(/^Digest: sha256:[0-9a-f]{64}$/m);

    const app = join(directory.path, 'my-app');
    await cp(join(charts, 'my-app'), app, { recursive: true });
    await rm(join(app, 'charts'), { recursive: true, force: true });
    const manifest = join(app, 'Chart.yaml');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('file://../rehup', `oci://${address}/charts`));
    await run('dependency', 'update', app, '--plain-http');
    expect(await run('template', 'shop', app)).toContain('image: ghcr.io/rehup/rehup:');
  });
});
