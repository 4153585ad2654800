// What the app answers may fail a reload. It does not hold rehup up, fill its memory, or lead it away.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createCanary } from '../../support/canary.ts';
import { createHttpScene } from '../../support/http-scene.ts';
import { startHttpServer, startTcpServer } from '../../support/http-server.ts';
import { findSteering } from '../../support/plain-output.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Sends without an end, as fast as it is taken. */
function flood(socket: Socket, piece: Buffer | string): void {
  const send = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', send);
  send();
}

const OK = 'HTTP/1.1 200 OK\r\n';
const piece = 'x'.repeat(64 * 1024);

/** 64 MiB of nothing, compressed twice. */
const bomb = gzipSync(gzipSync(Buffer.alloc(64 * 1024 * 1024)));

type Case = {
  what: string;
  answer: (socket: Socket) => void;
  outcome: string;
  reason: RegExp;
  env?: Record<string, string>;
};

const MATCH = { REHUP_SUCCESS_MATCH: 'reloaded' };

const cases: Case[] = [
  {
    what: 'headers without an end',
    answer: (socket) => {
      socket.write(OK);
      flood(socket, `X-More: ${piece.slice(0, 1000)}\r\n`);
    },
    outcome: 'unreachable',
    reason: /UND_ERR_HEADERS_OVERFLOW/,
  },
  {
    what: 'a header line without an end',
    answer: (socket) => {
      socket.write(`${OK}X-More: `);
      flood(socket, piece);
    },
    outcome: 'unreachable',
    reason: /UND_ERR_HEADERS_OVERFLOW/,
  },
  {
    what: 'a status line without an end',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 ');
      flood(socket, piece);
    },
    outcome: 'unreachable',
    reason: /the app went on sending without an end/,
  },
  {
    what: 'provisional answers without an end',
    answer: (socket) =>
      flood(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(1000)),
    outcome: 'unreachable',
    reason: /the app went on sending without an end/,
  },
  {
    what: 'a body without an end, which does not count',
    answer: (socket) => {
      socket.write(`${OK}\r\n`);
      flood(socket, piece);
    },
    outcome: 'reloaded',
    reason: /^$/,
  },
  {
    what: 'a body without an end, which counts',
    answer: (socket) => {
      socket.write(`${OK}\r\n`);
      flood(socket, piece);
    },
    env: MATCH,
    outcome: 'rejected',
    reason: /the first 64 KiB of the body does not match/,
  },
  {
    what: 'extensions of a chunk without an end',
    answer: (socket) => {
      socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n1;`);
      flood(socket, piece);
    },
    env: MATCH,
    outcome: 'unreachable',
    reason: /the app went on sending without an end/,
  },
  {
    what: 'a body that would be a hundred thousand times as long',
    answer: (socket) => {
      socket.write(`${OK}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    },
    env: MATCH,
    outcome: 'rejected',
    reason: /the body does not match/,
  },
  {
    what: 'two lengths',
    answer: (socket) => socket.write(`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`),
    outcome: 'unreachable',
    reason: /is not HTTP|closed the connection/,
  },
  {
    what: 'a length and chunks',
    answer: (socket) =>
      socket.write(`${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    outcome: 'unreachable',
    reason: /is not HTTP|closed the connection/,
  },
  {
    what: 'a line break of its own in a header',
    answer: (socket) => socket.write(`${OK}X-One: a\rX-Two: b\r\n\r\n`),
    outcome: 'unreachable',
    reason: /is not HTTP|closed the connection/,
  },
  {
    what: 'control characters in a header',
    answer: (socket) => socket.write(`${OK}X-One: a\u0000b\r\n\r\n`),
    outcome: 'unreachable',
    reason: /is not HTTP|closed the connection/,
  },
  {
    what: 'a switch of protocols',
    answer: (socket) =>
      socket.write('HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    outcome: 'unreachable',
    reason: /failed: /,
  },
  ...['999', '000', '20', '2000', '-200', '200x', ''].map((status) => ({
    what: `the status ${JSON.stringify(status)}`,
    answer: (socket: Socket) => socket.write(`HTTP/1.1 ${status} Odd\r\nContent-Length: 0\r\n\r\n`),
    outcome: status === '999' ? 'rejected' : 'unreachable',
    reason: /status|failed: /,
  })),
];

/** The most that a process has had in memory, in KiB. */
function readPeak(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

describe('an app that answers with', () => {
  it.for(cases)('$what', async ({ answer, outcome, reason, env }) => {
    let hostile = false;
    await using server = await startTcpServer((socket) => {
      socket.once('data', () => {
        if (hostile) answer(socket);
        else socket.end(`${OK}Content-Length: 8\r\n\r\nreloaded`);
      });
      socket.resume();
    });
    await using scene = await createHttpScene({
      env: {
        REHUP_URL: `http://127.0.0.1:${server.port}/`,
        REHUP_TIMEOUT: '20s',
        ...env,
      },
    });
    const before = readPeak(scene.rehup.pid);
    hostile = true;
    await scene.volume.write({ 'app.conf': 'two' });
    const decided = await scene.rehup.line({ outcome, changed: ['app.conf'] });
    expect(decided.reason ?? '').toMatch(reason);
    await waitFor('the connection to be closed', () => server.open() === 0);
    expect(readPeak(scene.rehup.pid) - before).toBeLessThan(64 * 1024);
    hostile = false;
    await scene.volume.write({ 'app.conf': 'three' });
    await scene.rehup.line({ outcome: 'reloaded', changed: ['app.conf'] });
    expect(await scene.rehup.stop()).toBe(0);
  });

  it('a body that keeps a pattern busy without an end', async () => {
    await using scene = await createHttpScene({
      env: { REHUP_SUCCESS_MATCH: '^(\\w+\\s?)*$' },
    });
    scene.app.answer((response) => response.end(`${'a'.repeat(60)}!`));
    await scene.volume.write({ 'app.conf': 'two' });
    const refused = await scene.rehup.line({ outcome: 'rejected', changed: ['app.conf'] });
    expect(refused.reason).toContain('the pattern had not finished within 500 ms');
    expect(await scene.rehup.stop()).toBe(0);
  });
});

describe('a redirect', () => {
  it.for([
    ['to a file', () => 'file:///etc/passwd'],
    ['to a socket of the container', () => 'unix:/run/docker.sock'],
    ['to another host', (url: string) => url],
    ['to another host without a scheme', (url: string) => url.replace('http:', '')],
    ['to what is not a URL', () => 'http://['],
    ['to a name that steers a terminal', () => '/\u009b2J\u001b[2J'],
  ] as const)('%s is not followed, and nothing goes there', async ([, locate]) => {
    await using other = await startHttpServer();
    await using scene = await createHttpScene({
      env: { REHUP_HEADER: `Authorization: Bearer ${createCanary('token')}` },
    });
    const location = locate(other.url('/login'));
    scene.app.answer((response) => {
      // As it is: the server of Node would refuse to send it.
      response.socket?.end(`HTTP/1.1 307 Go\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
    });
    await scene.volume.write({ 'app.conf': 'two' });
    const refused = await scene.rehup.line({ level: 'warn', changed: ['app.conf'] });
    expect(['rejected', 'unreachable']).toContain(refused.outcome);
    expect(findSteering(refused.reason ?? '')).toEqual([]);
    expect(await scene.rehup.stop()).toBe(0);
    expect(other.requests).toEqual([]);
  });
});

describe('a header whose value comes from a file', () => {
  it.for([
    ['a line break', 'a\r\nX-Injected: yes'],
    ['a line feed', 'a\nX-Injected: yes'],
    ['a carriage return', 'a\rX-Injected: yes'],
    ['a NUL byte', 'a\u0000b'],
  ] as const)('is not sent with %s in it', async ([, text]) => {
    await using scene = await createHttpScene();
    const secret = createCanary('header');
    await scene.volume.write({ 'app.conf': 'two', key: `${secret}${text}\n` });
    await scene.rehup.line({ msg: 'reloaded' });
    scene.app.forget();
    const path = `${scene.volume.root}/key`;
    for (const env of [
      { REHUP_HEADER: `X-Key: @${path}` },
      { REHUP_BEARER_FILE: path },
      { REHUP_BASIC_AUTH_FILE: path },
    ]) {
      await using rehup = await startRehup({
        env: { REHUP_WATCH: scene.volume.root, REHUP_URL: scene.app.url, ...env },
      });
      const refused = await rehup.line({ outcome: 'unreachable' });
      expect(refused.reason).toContain('holds more than one line, or control characters');
    }
    expect(scene.app.requests).toEqual([]);
  });
});
