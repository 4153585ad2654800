// Whoever reaches the port may look, and cannot hold rehup up; whoever listens in its place is not trusted.
import { readdirSync, readlinkSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startHttpServer } from '../../support/http-server.ts';
import { findSteering, HOSTILE_NAME } from '../../support/plain-output.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { runRehup } from '../../support/run-rehup.ts';
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
    const isOpen = ({ closed }: Socket): boolean => !closed;
    await waitFor('most to be turned away', () => sockets.filter(isOpen).length <= 100);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    const patience = { deadlineMs: 40_000 };
    await waitFor('all to be closed', () => !sockets.some(isOpen), patience);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
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
    ['says something that is no status', 4, json({ rules: { a: { mounts: 7 } } })],
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
