import { createServer } from 'node:net';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createReloadScene } from '../../../support/reload-scene.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';
import type { ReloadScene } from '../../../support/reload-scene.ts';

const LISTEN = { REHUP_LISTEN: '127.0.0.1:0' };

function addressOf({ rehup }: ReloadScene): string {
  return `http://127.0.0.1:${rehup.all({ msg: 'listening' })[0]?.port ?? 0}`;
}

const METRICS = [
  'rehup_reloads_total',
  'rehup_last_reload_successful',
  'rehup_last_reload_success_timestamp_seconds',
  'rehup_reload_duration_seconds_bucket',
  'rehup_swap_to_reload_seconds_bucket',
  'rehup_applied_hash_info',
  'rehup_pending',
  'rehup_hints_total',
  'rehup_watch_mode_info',
  'rehup_target_info',
  'rehup_build_info',
];

describe('the pages that rehup serves', () => {
  it('are healthy and ready once it watches', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    for (const [path, text] of [
      ['/healthz', 'ok\n'],
      ['/readyz', 'ready\n'],
    ] as const) {
      const response = await fetch(addressOf(scene) + path);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(text);
    }
  });

  it('say that content is held, which key and why, while nothing is published yet', async () => {
    await using volume = await createKubeletVolume();
    await using published = await createTempDir('rehup-published-');
    const secret = 'hunter2';
    await volume.write({ 'app.json': `{"password": "${secret}",,` });
    await using rehup = await startRehup({
      env: {
        ...LISTEN,
        REHUP_WATCH: volume.root,
        REHUP_PUBLISH: published.path,
        REHUP_VALIDATE: '*.json=json',
        REHUP_ACTION: 'none',
      },
    });
    await rehup.line({ msg: 'held' });
    const url = `http://127.0.0.1:${rehup.all({ msg: 'listening' })[0]?.port ?? 0}/readyz`;
    const response = await fetch(url);
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toMatch(/^rule default has published nothing yet: held: .*app\.json, line 1, /);
    expect(text).toMatch(/\nremedy: correct the file /);
    expect(text).not.toContain(secret);
    // A stranger is told what, and not where.
    const strange = await fetch(url, { headers: { origin: 'http://example.com' } });
    expect(strange.status).toBe(503);
    expect(await strange.text()).toBe(
      'rule default has published nothing yet (held); kubectl exec POD -c rehup -- rehup status says why\n',
    );

    await volume.write({ 'app.json': '{}' });
    await rehup.line({ msg: 'published' });
    await waitFor('readiness', async () => {
      return (await fetch(url).then((answer) => answer.text())) === 'ready\n';
    });
  });

  it('have every metric after one reload, in the format of Prometheus', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    const response = await fetch(`${addressOf(scene)}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (const name of METRICS) expect(text).toMatch(new RegExp(`^${name}\\{`, 'm'));
    expect(text).toContain(
      'rehup_reloads_total{rule="default",action="signal",outcome="reloaded"} 1\n',
    );
  });

  it('have the status with the last decision', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    const response = await fetch(`${addressOf(scene)}/status`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({
      mounts: { [scene.volume.root]: { mode: 'inotify' } },
      rules: { default: { action: 'signal', pending: false, last: { outcome: 'reloaded' } } },
    });
  });

  it('answer 404, 405 and HEAD as HTTP wants it', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    const address = addressOf(scene);
    const missing = await fetch(`${address}/nothing`);
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain('/metrics');
    const posted = await fetch(`${address}/metrics`, { method: 'POST', body: 'x' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
    await posted.text();
    const head = await fetch(`${address}/healthz`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    expect((await fetch(`${address}/healthz?probe=1`)).status).toBe(200);
  });

  it('serve several connections at once, each for several requests', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    const url = `${addressOf(scene)}/readyz`;
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    try {
      const responses = await Promise.all(Array.from({ length: 20 }, () => get(url, agent)));
      expect(responses.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, () => 200));
      expect(new Set(responses.map(({ socket }) => socket)).size).toBeLessThanOrEqual(4);
    } finally {
      agent.destroy();
    }
  });

  it('do not keep rehup from stopping while a client holds a connection', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    const agent = new Agent({ keepAlive: true });
    try {
      await get(`${addressOf(scene)}/readyz`, agent);
      expect(await scene.rehup.stop()).toBe(0);
    } finally {
      agent.destroy();
    }
  });

  it('may be missing where the port is in use: a warning, and reloads go on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      await using scene = await createReloadScene({ env: { REHUP_LISTEN: `127.0.0.1:${port}` } });
      const [warning] = scene.rehup.all({ msg: 'not listening' });
      expect(warning).toMatchObject({ level: 'warn' });
      expect(warning?.reason).toContain(`${port}: EADDRINUSE`);
      expect(warning?.remedy).toContain('REHUP_LISTEN');
      await scene.volume.write({ 'app.conf': 'two' });
      await scene.app.line('reloaded two');
      await scene.rehup.line({ msg: 'reloaded' });
      expect(await scene.rehup.stop()).toBe(0);
    } finally {
      server.close();
    }
  });
});

function get(url: string, agent: Agent): Promise<{ code: number; socket: number }> {
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage): void => {
      const socket = response.socket.localPort ?? 0;
      response.resume().on('end', () => resolve({ code: response.statusCode ?? 0, socket }));
    };
    request(url, { agent }, onResponse).on('error', reject).end();
  });
}
