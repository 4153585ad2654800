import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { ListenAddress } from '../../config/parse.ts';
import { reasonOf } from '../../system/errors.ts';
import type { Started } from '../report/endpoint.ts';
import type { Reach } from './reach.ts';
import { createReception } from './reception.ts';
import type { OpsInput } from './serve.ts';

/** A TCP address, or the path of a unix socket. */
type Address = Exclude<ListenAddress, 'off'> | { path: string };

export type Listener = AsyncDisposable & { started: Promise<Started> };

/** As many as may wait to be accepted; the kernel takes no more than `net.core.somaxconn`. */
const BACKLOG = 4096;

/**
 * Opens the port with a bare TCP server; the HTTP server (7 MB of private memory) is loaded by the
 * first connection, which is handed over to it.
 */
export function listen(address: Address, input: OpsInput): Listener {
  const sockets = new Set<Socket>();
  const servers = new Map<Reach, HttpServer>();
  const reception = createReception('path' in address ? 'socket' : 'port');
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void handOver(socket, reception.admit(socket));
  });
  const handOver = async (socket: Socket, reach: Reach): Promise<void> => {
    const { createOpsServer } = await import('./serve.ts');
    if (socket.destroyed) return;
    // Who can be at the other end decides on what is there at all.
    const http = servers.get(reach) ?? createOpsServer(input, reach, reception);
    servers.set(reach, http);
    http.emit('connection', socket);
    socket.resume();
  };
  return {
    started: start(server, address),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      for (const http of servers.values()) http.close();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function start(server: Server, address: Address): Promise<Started> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(explain(address, error)));
    bindPrivately(() =>
      server.listen({ ...address, backlog: BACKLOG }, () => {
        const bound = server.address();
        resolve(typeof bound === 'object' && bound !== null ? { port: bound.port } : {});
      }),
    );
  });
}

/** Only the user of rehup may connect to what this makes in a directory: it is made at once. */
function bindPrivately(bind: () => void): void {
  const before = process.umask(0o177);
  try {
    bind();
  } finally {
    process.umask(before);
  }
}

function explain(address: Address, error: Error): Exclude<Started, { port?: number }> {
  const where = 'path' in address ? address.path : `${address.host ?? ''}:${address.port}`;
  return {
    reason: `cannot listen on ${where}: ${reasonOf(error)}`,
    remedy:
      'path' in address
        ? 'mount an emptyDir at REHUP_STATE_DIR in the rehup container; reloads go on without it'
        : 'set REHUP_LISTEN to a free port (":9534"), or to off; reloads go on without it',
  };
}
