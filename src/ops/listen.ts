import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { ListenAddress } from '../config/parse.ts';
import { errorCode, toError } from '../errors.ts';
import type { OpsInput } from './serve.ts';

type Address = Exclude<ListenAddress, 'off'>;

/** The port, or why there is none. */
export type Started = { port: number } | { reason: string; remedy: string };

export type Listener = AsyncDisposable & { started: Promise<Started> };

/**
 * Opens the port with a bare TCP server; the HTTP server (7 MB of private memory) is loaded by the
 * first connection, which is handed over to it.
 */
export function listen(address: Address, input: OpsInput): Listener {
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void handOver(socket);
  });
  let http: HttpServer | undefined;
  const handOver = async (socket: Socket): Promise<void> => {
    const { createOpsServer } = await import('./serve.ts');
    http ??= createOpsServer(input);
    http.emit('connection', socket);
    socket.resume();
  };
  return {
    started: start(server, address),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      http?.close();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function start(server: Server, { host, port }: Address): Promise<Started> {
  return new Promise((resolve) => {
    server.once('error', (error) => {
      const reason = `${host ?? ''}:${port}: ${errorCode(error) ?? toError(error).message}`;
      resolve({
        reason,
        remedy: 'set REHUP_LISTEN to a free port (":9534"), or to off; reloads go on without it',
      });
    });
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      const bound = server.address();
      resolve({ port: typeof bound === 'object' && bound !== null ? bound.port : port });
    });
  });
}
