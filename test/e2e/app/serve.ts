/** The reload of the application over HTTP: POST /-/reload, and GET /content for what it holds now. */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

export interface Served {
  readonly port: number;
  /** What is answered to a reload instead of doing it. */
  readonly refuseWith: number | undefined;
  /** A folder with server.crt, server.key and ca.crt: serve HTTPS, to clients of that CA only. */
  readonly tls: string | undefined;
  /** @param client The common name in the certificate of the client. */
  readonly reload: (client: string | undefined) => void;
  readonly content: () => unknown;
  readonly isBroken: () => boolean;
}

export function serve({ port, refuseWith, tls, reload, content, isBroken }: Served): void {
  const listener: RequestListener = (request, response) => {
    if (request.method === 'POST' && request.url === '/-/reload') {
      if (refuseWith !== undefined) return end(response, refuseWith);
      reload(request.socket instanceof TLSSocket ? commonNameOf(request.socket) : undefined);
      return end(response, 200);
    }
    if (request.method === 'GET' && request.url === '/content') {
      if (isBroken()) return end(response, 500);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(content()));
      return undefined;
    }
    return end(response, 404);
  };
  const server = tls === undefined ? createServer(listener) : serveTls(tls, listener);
  server.listen(port, '0.0.0.0');
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end(`${status}\n`);
}

function commonNameOf(socket: TLSSocket): string | undefined {
  const name = socket.getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name[0] : name;
}

function serveTls(folder: string, listener: RequestListener): ReturnType<typeof createTlsServer> {
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const certificates = (): Record<'cert' | 'key' | 'ca', Buffer> => ({
    cert: read('server.crt'),
    key: read('server.key'),
    ca: read('ca.crt'),
  });
  const server = createTlsServer(
    { ...certificates(), requestCert: true, rejectUnauthorized: true },
    listener,
  );
  // Read for each connection: the tests rotate them, and this is not the program under test.
  server.prependListener('connection', () => server.setSecureContext(certificates()));
  return server;
}
