// Whoever reaches the port may look, and cannot hold rehup up; whoever listens in its place is not trusted.
import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createAbility } from '../../support/abilities.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { findSteering, HOSTILE_NAME } from '../../support/plain-output.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { runRehup } from '../../support/run-rehup.ts';
import { startRehup } from '../../support/start-rehup.ts';
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
    const patience = { deadlineMs: 40_000 };
    await waitFor('all to be closed', () => !sockets.some(isOpen), patience);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});

/** A network of its own, with two addresses: those of the pod and of another one. */
const ALONE = [
  'unshare',
  '--net',
  '/bin/sh',
  '-ec',
  'ip link set lo up; for host in 1 2; do ip addr add 192.0.2.$host/32 dev lo; done; exec "$@"',
  'sh',
];

const networks = createAbility(
  spawnSync(ALONE[0] ?? '', [...ALONE.slice(1), 'true']).status === 0,
  'it takes root, unshare and ip to make a network',
);

/** Asks 192.0.2.1 from this address; returns the status. */
async function askFrom(from: string, question: object, pid: number): Promise<number> {
  const options = { host: '192.0.2.1', localAddress: from, agent: false, ...question };
  const ask = `require('http').request(${JSON.stringify(options)}, (r) => console.log(r.statusCode)).end()`;
  const enter = ['--target', String(pid), '--net', process.execPath, '-e', ask];
  const { stdout } = await execa('nsenter', enter);
  return Number(stdout);
}

describe.skipIf(networks.missing)(`another pod${networks.note}`, () => {
  it('may read the status, and cannot trigger a reload', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    await using rehup = await startRehup({
      prefix: ALONE,
      env: { REHUP_WATCH: volume.root, REHUP_EXEC: 'true', REHUP_LISTEN: ':9533' },
    });
    await rehup.line({ msg: 'reloaded' });
    const ask = async (from: string, method: string, path: string): Promise<number> =>
      await askFrom(from, { port: 9533, method, path }, rehup.pid);
    expect(await ask('192.0.2.2', 'GET', '/status')).toBe(200);
    expect(await ask('192.0.2.2', 'POST', '/trigger')).toBe(403);
    expect(await ask('192.0.2.1', 'POST', '/trigger')).toBe(200);
    await rehup.line({ msg: 'reloaded' });
    expect(rehup.all({ msg: 'reloaded' })).toHaveLength(2);
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
      'says what is no JSON',
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
