import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { once } from 'node:events';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The subject of the client's certificate, over TLS: `CN=name`. */
  readonly client: string | undefined;
}

export type Answer = (response: ServerResponse, request: Received) => void;

export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly unixSocket?: string;
}

export interface HttpServerOptions extends ListenOptions {
  readonly tls?: TlsOptions;
}

/** A real server on a free port. Disposal breaks off what is still open. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** Connections that the client has not closed. */
  readonly open: () => number;
}

export interface HttpServer extends RunningServer {
  readonly requests: readonly Received[];
  readonly url: (path?: string) => string;
  /** Replaces the certificates for connections to come. */
  readonly setTls: (options: TlsOptions) => void;
}

/** An HTTP server that keeps what it was asked. It answers 200 unless told otherwise. */
export async function startHttpServer(
  answer: Answer = (response) => response.end('ok'),
  { tls, ...listen }: HttpServerOptions = {},
): Promise<HttpServer> {
  const requests: Received[] = [];
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const received = describe(incoming, Buffer.concat(pieces).toString());
      requests.push(received);
      answer(response, received);
    });
  };
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  const running = await run(server, listen);
  const host = listen.host?.includes(':') ? `[${listen.host}]` : (listen.host ?? '127.0.0.1');
  return {
    ...running,
    requests,
    url: (path = '/') => `${tls ? 'https' : 'http'}://${host}:${running.port}${path}`,
    setTls: (options) => (server as ReturnType<typeof createTlsServer>).setSecureContext(options),
  };
}

/** A server that speaks whatever the test makes of its sockets. */
export async function startTcpServer(
  onSocket: (socket: Socket) => void,
  options: ListenOptions = {},
): Promise<RunningServer> {
  return await run(createTcpServer({ allowHalfOpen: true }, onSocket), options);
}

function describe(incoming: IncomingMessage, body: string): Received {
  const { method = '', url: path = '', headers, socket } = incoming;
  const client =
    'encrypted' in socket ? (socket as TLSSocket).getPeerX509Certificate()?.subject : undefined;
  return { method, path, headers, body, client };
}

async function run(
  server: Server | ReturnType<typeof createTcpServer>,
  { host = '127.0.0.1', unixSocket }: ListenOptions,
): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const all = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    all.add(socket);
    const left = (): boolean => sockets.delete(socket);
    // Clients that break off are part of the tests.
    socket
      .on('error', () => {})
      .on('end', left)
      .on('close', left);
  });
  server.on('tlsClientError', () => {});
  server.listen(unixSocket === undefined ? { host, port: 0 } : { path: unixSocket });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: unixSocket === undefined ? (address as AddressInfo).port : 0,
    open: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      for (const socket of all) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
