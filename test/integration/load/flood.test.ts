// Whoever asks too much does not come between a swap and its reload. How fast that is, is a matter of
// the machine: scripts/load.ts measures it.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LineProcess, startLineProcess } from '../../support/line-process.ts';
import { createReloadScene, type ReloadScene } from '../../support/reload-scene.ts';
import { waitFor } from '../../support/wait-for.ts';

const env = { REHUP_LISTEN: '127.0.0.1:0' };
const portOf = ({ rehup }: ReloadScene): number => rehup.all({ msg: 'listening' })[0]?.port ?? 0;

/** Swaps this often, and expects of each that it is one reload, with its content. Returns how many there are. */
async function expectReloads({ volume, app, rehup }: ReloadScene, count: number): Promise<number> {
  const before = rehup.all({ msg: 'reloaded' }).length;
  for (let update = 1; update <= count; update += 1) {
    await volume.write({ 'app.conf': `update ${before + update}` });
    await app.line(`reloaded update ${before + update}`);
    await rehup.line({ msg: 'reloaded' });
  }
  expect(rehup.all({ msg: 'reloaded' })).toHaveLength(before + count);
  expect(app.lines.filter((line) => line.startsWith('reloaded'))).toHaveLength(before + count);
  return before + count;
}

async function expectAnswers(port: number): Promise<void> {
  for (const path of ['/metrics', '/status', '/healthz']) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
  }
}

const FLOOD = join(import.meta.dirname, '../../support/programs/flood.ts');

async function startFlood(port: number): Promise<LineProcess> {
  const flood = await startLineProcess([
    process.execPath,
    FLOOD,
    `${port}`,
    '1000',
    '/metrics',
    '/status',
  ]);
  await flood.line('ready');
  return flood;
}

describe('a flood of requests', () => {
  it('leaves each update its one reload, and each request its answer', async () => {
    await using scene = await createReloadScene({ env });
    await using flood = await startFlood(portOf(scene));
    await expectReloads(scene, 10);
    await expectAnswers(portOf(scene));
    flood.say('end');
    const counts = JSON.parse(await flood.line(/^\{/)) as Record<string, number>;
    expect(counts['failed']).toBe(0);
    expect(counts['answered']).toBeGreaterThan(0);
    await expectReloads(scene, 1);
  });
});

/** Many connections, each of which sends the next byte of this again and again, and never all of it. */
function dripMany(port: number, count: number, head: string): { sockets: Socket[] } & Disposable {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1').resume();
    socket.on('error', () => {});
    socket.write(head);
    return socket;
  });
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x');
  }, 20);
  return {
    sockets,
    [Symbol.dispose]: () => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}

const isOpen = ({ closed }: Socket): boolean => !closed;

describe('hundreds of requests that come byte by byte', () => {
  it.for([
    ['in their headers', 'GET /metrics HTTP/1.1\r\nHost: rehup\r\nX-Slow: '],
    ['in their first line', 'GET /'],
    ['in their body', 'POST /none HTTP/1.1\r\nHost: rehup\r\nContent-Length: 60000\r\n\r\n'],
  ] as const)('%s are never many, are ended in time, and hold no reload up', async ([, head]) => {
    await using scene = await createReloadScene({ env });
    const port = portOf(scene);
    await expectAnswers(port);
    using slow = dripMany(port, 400, head);
    await waitFor('most to be turned away', () => slow.sockets.filter(isOpen).length <= 100);
    await expectReloads(scene, 3);
    await waitFor('all to be closed', () => !slow.sockets.some(isOpen));
    await expectAnswers(port);
    expect(await expectReloads(scene, 1)).toBe(4);
  });
});

const MIB = 1024 * 1024;
/** More than anybody may send. */
const TOO_MUCH = 256;

interface Sent {
  /** The first line of the answer; nothing where it was broken off before. */
  readonly answer: string;
  readonly mib: number;
}

/** Sends the head, then the piece again and again until nobody takes it any more. */
async function sendMuch(port: number, head: string, piece: string): Promise<Sent> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  // It is broken off in the middle of a write.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(head);
  let mib = 0;
  while (mib < TOO_MUCH && socket.writable) {
    const written = new Promise((resolve) => socket.write(piece, resolve));
    await Promise.race([written, closed]);
    mib += piece.length / MIB;
  }
  socket.end();
  await closed;
  const [answer = ''] = text.split('\r\n', 1);
  return { answer, mib };
}

/** The most that a process has had in memory, in MiB. */
function peakMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

const LENGTH = 'Content-Length: 999999999\r\n\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n';
const filler = 'x'.repeat(MIB);
const chunk = `100000\r\n${filler}\r\n`;

describe('a request that is too large', () => {
  it.for([
    ['in its headers', 431, 'GET /metrics HTTP/1.1\r\nX-Large: ', filler],
    ['in their number', 431, 'GET /metrics HTTP/1.1\r\n', 'X-More: x\r\n'.repeat(100_000)],
    ['in its path', 431, 'GET /', filler],
    ['in its body', 413, `POST /trigger HTTP/1.1\r\nHost: a\r\n${LENGTH}`, filler],
    ['in a body for a page', 413, `GET /status HTTP/1.1\r\nHost: a\r\n${LENGTH}`, filler],
    // How much it is shows while it comes: what was asked is answered already.
    ['in its chunks', 200, `GET /metrics HTTP/1.1\r\nHost: a\r\n${CHUNKED}`, chunk],
  ] as const)('%s is broken off, and takes no memory', async ([, status, head, piece]) => {
    await using scene = await createReloadScene({ env });
    const port = portOf(scene);
    await expectAnswers(port);
    const before = peakMiB(scene.rehup.pid);
    const sent = await Promise.all(Array.from({ length: 5 }, () => sendMuch(port, head, piece)));
    for (const { answer, mib } of sent) {
      // The answer is lost where the connection is broken off before it was read.
      expect(answer).toMatch(new RegExp(`^(?:HTTP/1.1 ${status} .*)?$`));
      expect(mib).toBeLessThan(TOO_MUCH / 4);
    }
    expect(peakMiB(scene.rehup.pid) - before).toBeLessThan(TOO_MUCH / 4);
    await expectReloads(scene, 1);
    await expectAnswers(port);
  });
});
