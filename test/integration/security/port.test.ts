// Whoever reaches the port may look, and cannot hold rehup up; whoever listens in its place is not trusted.
import { readdirSync, readlinkSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { portSockets } from '../../../src/sidecar/ops/sockets.ts';
import { asUser, otherUsers } from '../../support/abilities.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { findSteering, HOSTILE_NAME } from '../../support/plain-output.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { runRehup } from '../../support/run-rehup.ts';
import {
  ALONE,
  httpRequest,
  networks,
  OTHER_POD,
  POD,
  sendRaw,
  statusOf,
} from '../../support/pod-network.ts';
import { type Rehup, startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const LISTEN = { REHUP_LISTEN: '127.0.0.1:0' };

/** Clients that are there for nothing. */
function connectMany(port: number, count: number, say: string): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1').resume();
    socket.on('error', () => {});
    socket.write(say);
    return socket;
  });
}

const isOpen = ({ closed }: Socket): boolean => !closed;

describe('connections that ask for nothing', () => {
  it.for([
    ['say nothing, or never end their headers', ['', 'GET / HTTP/1.1\r\nX-More: x\r\n']],
    [
      'never send the body that they promise',
      ['POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx', 'POST /trigger HTTP/1.1\r\n'],
    ],
  ] as const)('are closed, and are never many: they %s', async ([, says]) => {
    await using scene = await createReloadScene({ env: LISTEN });
    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    const sockets = says.flatMap((say) => connectMany(port, 150, say));
    await waitFor('most to be turned away', () => sockets.filter(isOpen).length <= 100);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    await waitFor('all to be closed', () => !sockets.some(isOpen));
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});

type Ask = (from: string, request: string, to?: string) => Promise<number>;

/** A rehup in a network of its own, which reloads once as it begins. */
async function inOwnNetwork(
  env: Record<string, string>,
  work: (rehup: Rehup, ask: Ask) => Promise<void>,
): Promise<void> {
  await using volume = await createKubeletVolume();
  await volume.write({ 'app.conf': 'one' });
  await using rehup = await startRehup({
    prefix: ALONE,
    env: { REHUP_WATCH: volume.root, REHUP_EXEC: 'true', REHUP_LISTEN: ':9533', ...env },
  });
  await rehup.line({ msg: 'reloaded' });
  await work(rehup, async (from, send, to) =>
    statusOf(await sendRaw(rehup.pid, { from, send, ...(to !== undefined && { to }) })),
  );
}

/** How often a reload was asked for, as rehup has counted. */
async function countTriggers({ pid }: Rehup): Promise<number> {
  const metrics = await sendRaw(pid, { from: OTHER_POD, send: httpRequest('GET /metrics') });
  expect(metrics).toContain('# TYPE rehup_hints_total counter');
  return Number(/^rehup_hints_total\{source="trigger"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}

const TRIGGER = httpRequest('POST /trigger');

describe.skipIf(networks.missing)(`another pod${networks.note}`, () => {
  it('reaches metrics and probes, neither the status nor its page, and triggers nothing', async () => {
    await inOwnNetwork({}, async (rehup, ask) => {
      for (const path of ['/metrics', '/healthz', '/readyz']) {
        expect([path, await ask(OTHER_POD, httpRequest(`GET ${path}`))]).toEqual([path, 200]);
      }
      for (const path of ['/status', '/', '/status?x', '/?']) {
        const lie = httpRequest(`GET ${path}`, { host: 'localhost:9533' });
        expect([path, await ask(OTHER_POD, lie)]).toEqual([path, 403]);
      }
      expect(await ask(OTHER_POD, TRIGGER)).toBe(403);
      // By the address of the pod, the pod itself is no other than its neighbours.
      expect(await ask(POD, TRIGGER)).toBe(403);
      expect(await countTriggers(rehup)).toBe(0);
    });
  });

  it('triggers nothing by a connection that it resets when all is sent', async () => {
    await inOwnNetwork({}, async (rehup) => {
      for (const send of [TRIGGER, 'POST /trigger HTTP/1.1\r\nHost: x\r\n\r\n']) {
        await sendRaw(rehup.pid, { from: OTHER_POD, send, times: 40, reset: true });
      }
      expect(await countTriggers(rehup)).toBe(0);
      expect(rehup.all({ msg: 'reloaded' })).toHaveLength(1);
    });
  });

  it.for(['0.0.0.0:9533', `${POD}:9533`])(
    'triggers nothing where rehup listens on %s',
    async (listen) => {
      await inOwnNetwork({ REHUP_LISTEN: listen }, async (rehup, ask) => {
        await sendRaw(rehup.pid, { from: OTHER_POD, send: TRIGGER, times: 10, reset: true });
        expect(await ask(OTHER_POD, TRIGGER)).toBe(403);
        expect(await countTriggers(rehup)).toBe(0);
      });
    },
  );
});

const LOCAL = { host: 'localhost:9533' };

describe.skipIf(networks.missing)(`a proxy of the pod, for another host${networks.note}`, () => {
  it('is shown no status, and triggers nothing', async () => {
    const proxies: [string, Record<string, string>][] = [
      // Istio; it may say nothing where it takes the port for plain TCP.
      ['127.0.0.6', {}],
      ['127.0.0.1', { 'x-forwarded-for': '10.9.8.7' }],
      ['127.0.0.1', { forwarded: 'for=10.9.8.7' }],
      ['127.0.0.1', { via: '1.1 proxy' }],
      ['127.0.0.1', { 'l5d-client-id': 'a' }],
    ];
    await inOwnNetwork({}, async (rehup, ask) => {
      for (const [from, headers] of proxies) {
        const all = { ...LOCAL, ...headers };
        const statuses: number[] = [];
        for (const line of ['GET /status', 'GET /', 'POST /trigger', 'GET /metrics']) {
          statuses.push(await ask(from, httpRequest(line, all), '127.0.0.1'));
        }
        expect([from, headers, statuses]).toEqual([from, headers, [403, 403, 403, 200]]);
        const send = httpRequest('POST /trigger', all);
        await sendRaw(rehup.pid, { from, to: '127.0.0.1', send, times: 10, reset: true });
      }
      expect(await countTriggers(rehup)).toBe(0);
    });
  });
});

describe('a forwarded port', () => {
  it('shows the status to who asks for it by its own name, and to no page of another site', async () => {
    const requests: [number, Record<string, string>][] = [
      [200, LOCAL],
      [200, { host: '127.0.0.1:8080' }],
      [200, { host: '[::1]:9533' }],
      [200, { ...LOCAL, origin: 'http://localhost:9533', 'sec-fetch-site': 'same-origin' }],
      [403, { ...LOCAL, 'sec-fetch-site': 'cross-site' }],
      [403, { ...LOCAL, origin: 'https://example.com' }],
      [403, { ...LOCAL, origin: 'http://localhost:3000' }],
      [403, { ...LOCAL, origin: 'null' }],
      // DNS rebinding: a name of somebody else that leads to loopback.
      [403, { host: 'rebound.example:9533' }],
      [403, { host: 'localhost.example:9533' }],
      [403, { host: '192.0.2.9:9533' }],
    ];
    await using scene = await createReloadScene({ env: LISTEN });
    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    for (const [status, headers] of requests) {
      const statuses: number[] = [];
      for (const line of ['GET /status', 'GET /', 'POST /trigger']) {
        statuses.push(statusOf(await exchange(port, httpRequest(line, headers))));
      }
      expect([headers, statuses]).toEqual([headers, [status, status, 403]]);
    }
    expect(scene.rehup.all({ msg: 'reloaded' })).toEqual([]);
  });

  it('is asked with a host', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    expect(statusOf(await exchange(port, 'GET /status HTTP/1.0\r\n\r\n'))).toBe(403);
    expect(statusOf(await exchange(port, 'GET /healthz HTTP/1.0\r\n\r\n'))).toBe(200);
  });
});

/** Sends this, and returns all that comes back. */
async function exchange(port: number, send: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(send);
  return await text(socket);
}

describe.skipIf(otherUsers.missing)(`another user${otherUsers.note}`, () => {
  it('cannot connect to the socket, be it in a directory that everybody may write', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    const [path = ''] = portSockets(port);
    const ask = `require('net').connect(${JSON.stringify(path)}).on('error', ({code}) => console.log(code)).on('connect', () => process.exit(1))`;
    const [file, ...args] = [...asUser(65_534), process.execPath, '-e', ask];
    expect((await execa(file, args)).stdout).toBe('EACCES');
  });
});

/** The sockets that a process has open. */
function socketsOf(pid: number): string[] {
  const dir = `/proc/${pid}/fd`;
  return readdirSync(dir).flatMap((name) => {
    const link = readlinkSync(join(dir, name));
    return link.startsWith('socket:') ? [link] : [];
  });
}

describe('the debugger of Node', () => {
  it('is not opened by SIGUSR1, which other processes of the pod may send', async () => {
    await using scene = await createReloadScene();
    const before = socketsOf(scene.rehup.pid);
    scene.rehup.kill('SIGUSR1');
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(socketsOf(scene.rehup.pid)).toEqual(before);
    // Which would say where it listens.
    expect(scene.rehup.stderr).toEqual([]);
    expect(await scene.rehup.stop()).toBe(0);
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };

/** A status in which every string is hostile, and one that is none. */
const hostileStatus = {
  version: HOSTILE_NAME,
  node: HOSTILE_NAME,
  started: HOSTILE_NAME,
  time: HOSTILE_NAME,
  uptimeSeconds: 1,
  mounts: {},
  rules: {
    [HOSTILE_NAME]: {
      action: HOSTILE_NAME,
      state: 'pending',
      pending: true,
      applied: {},
      reason: HOSTILE_NAME,
      remedy: HOSTILE_NAME,
      mounts: [{ path: HOSTILE_NAME, mode: HOSTILE_NAME, hash: HOSTILE_NAME, keys: {} }],
      targets: [],
      decisions: [],
    },
  },
};

type Reply = (response: ServerResponse) => void;

const json =
  (value: unknown): Reply =>
  (response) =>
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(value));

describe('a process of the pod that listens in the place of rehup', () => {
  it.for<[string, number, Reply]>([
    ['says hostile words in the form of a status', 0, json(hostileStatus)],
    ['says something that is not a status', 4, json({ rules: { a: { mounts: 7 } } })],
    ['says something that is no object', 4, json(null)],
    [
      'says what is not JSON',
      4,
      (response) => response.writeHead(200, JSON_TYPE).end(`{"a": "${HOSTILE_NAME}"`),
    ],
    [
      'refuses with hostile words',
      4,
      (response) => response.writeHead(500).end(`\u001b[2J${HOSTILE_NAME}`),
    ],
    [
      'answers without an end',
      4,
      (response) => {
        const send = (): void => {
          while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
        };
        response.writeHead(200, JSON_TYPE).on('drain', send);
        send();
      },
    ],
  ])('%s: nothing of it acts on the terminal', async ([, exitCode, reply]) => {
    await using state = await createTempDir();
    const unixSocket = join(state.path, 'rehup.sock');
    await using _server = await startHttpServer((response) => reply(response), { unixSocket });
    const env = { REHUP_STATE_DIR: state.path, REHUP_LISTEN: 'off' };
    const asked = await runRehup(['status', '--output', 'text'], env);
    expect(asked.exitCode).toBe(exitCode);
    const others = await Promise.all(
      [['status', '--output', 'json'], ['trigger'], ['doctor']].map((argv) => runRehup(argv, env)),
    );
    for (const { stdout, stderr } of [asked, ...others]) {
      expect(findSteering(stdout + stderr)).toEqual([]);
      expect(stderr).not.toContain('a bug in rehup');
    }
  });
});
