import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BODY_CANARY } from './canary.ts';
import { waitFor } from './wait-for.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** An app that is reloaded by HTTP; it records what it is asked. */
export interface HttpApp extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/-/reload`. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  readonly answer: (next: Answer) => void;
  readonly forget: () => void;
  /** Waits until so many requests have come. */
  readonly seen: (count: number) => Promise<readonly SeenRequest[]>;
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => response.writeHead(code, headers).end(`answer\n${BODY_CANARY}\n`);
}

export async function createHttpApp(host = '127.0.0.1'): Promise<HttpApp> {
  const requests: SeenRequest[] = [];
  let answer: Answer = status(200);
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const seen = { method, path, headers, body };
      requests.push(seen);
      answer(response, seen);
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/-/reload`,
    port,
    requests,
    answer: (next) => {
      answer = next;
    },
    forget: () => void requests.splice(0),
    seen: (count) =>
      waitFor(`${count} requests`, () => (requests.length >= count ? requests : undefined)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function findFreePort(): Promise<number> {
  await using app = await createHttpApp();
  return app.port;
}
