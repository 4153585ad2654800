import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { TlsOptions } from 'node:tls';
import type { Verb } from '../../src/kubernetes/request.ts';
import type { KubeObject } from '../../src/kubernetes/types.ts';
import { answers, type StatusAnswer, statusBody } from './api-server/answers.ts';
import { type Call, parseCall } from './api-server/call.ts';
import { handle } from './api-server/handle.ts';
import { createStore, type Store } from './api-server/store.ts';
import { createWatches, type Watches } from './api-server/watches.ts';

export { answers } from './api-server/answers.ts';
export type { Call } from './api-server/call.ts';

/** Which requests a fault concerns; what is left out is all. */
export interface Which {
  readonly verb?: Verb;
  readonly resource?: string;
  readonly name?: string;
}

/**
 * An API server for faults: real HTTPS, the wire format of the real one, objects in memory, and
 * whatever can go wrong with it. It authenticates by token, and authorizes all that is not forbidden.
 */
export interface ApiServer extends AsyncDisposable {
  readonly port: number;
  readonly objects: Store;
  readonly watches: Watches;
  /** All that it was asked, whatever the answer; not what came while it was stopped. */
  readonly calls: readonly Call[];
  readonly callsTo: (which: Which) => readonly Call[];
  /** Connections that are open now. */
  readonly connections: () => number;
  /** The only token that is accepted from now on. */
  readonly setToken: (token: string) => void;
  /** For connections to come. */
  readonly setCertificate: (tls: TlsOptions) => void;
  /** Answers such requests with this until it is lifted. A later fault takes precedence. */
  readonly fail: (which: Which, answer: StatusAnswer | ((call: Call) => StatusAnswer)) => Fault;
  /** As RBAC does where the verb is missing. */
  readonly forbid: (which: Which) => Fault;
  /** Accepts connections and requests, and neither answers nor sends anything; the watches that are open stay so. */
  readonly freeze: () => void;
  /** Answers what comes from now on. What was frozen stays silent. */
  readonly thaw: () => void;
  /** Resets every connection. */
  readonly drop: () => void;
  /** Refuses connections from now on. */
  readonly stop: () => Promise<void>;
  /** Serves again at the same port. */
  readonly start: () => Promise<void>;
}

export interface Fault {
  readonly lift: () => void;
}

export interface ApiServerOptions {
  readonly tls: TlsOptions;
  readonly token?: string;
}

export const TOKEN = 'first-token';

export async function startApiServer({ tls, token = TOKEN }: ApiServerOptions): Promise<ApiServer> {
  const store = createStore();
  const watches = createWatches(store);
  const calls: Call[] = [];
  const faults: { which: Which; answer: (call: Call) => StatusAnswer }[] = [];
  let accepted = token;
  let frozen = false;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const body = await readText(request);
    if (url.includes('/selfsubjectaccessreviews')) return review(response, body);
    const { remotePort: port = 0 } = request.socket;
    const call = parseCall({ method, url, headers, body, port });
    if (call === undefined) return reply(response, NO_PATH);
    calls.push(call);
    if (frozen) return;
    if (headers.authorization !== `Bearer ${accepted}`)
      return reply(response, answers.unauthorized);
    const fault = faults.findLast(({ which }) => isMatch(which, call));
    if (fault !== undefined) return reply(response, fault.answer(call));
    if (call.verb === 'watch') return watches.open(call, response);
    const answer = handle(call, store);
    if ('object' in answer) return send(response, answer.code, answer.object);
    return reply(response, answer);
  };

  /** What RBAC would say: whatever is not forbidden. */
  const review = (response: ServerResponse, body: string): void => {
    const { spec } = JSON.parse(body) as { spec: { resourceAttributes: Call } };
    const asked = spec.resourceAttributes;
    const fault = faults.findLast(({ which }) => isMatch(which, asked));
    const allowed = fault?.answer(asked).code !== answers.forbidden(asked).code;
    send(response, 201, { spec, status: { allowed } });
  };

  const sockets = new Set<Socket>();
  const server = createServer(tls, (request, response) => {
    // A client that breaks off in the middle of a request is part of the tests.
    serve(request, response).catch(() => response.destroy());
  });
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  const listen = async (port: number): Promise<void> => {
    server.listen({ host: '127.0.0.1', port });
    await once(server, 'listening');
  };
  const drop = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    drop();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  const fail: ApiServer['fail'] = (which, answer) => {
    const fault = { which, answer: typeof answer === 'function' ? answer : () => answer };
    faults.push(fault);
    return { lift: () => void faults.splice(faults.indexOf(fault), 1) };
  };
  return {
    port,
    objects: store,
    watches,
    calls,
    callsTo: (which) => calls.filter((call) => isMatch(which, call)),
    connections: () => sockets.size,
    setToken: (next) => {
      accepted = next;
    },
    setCertificate: (next) => server.setSecureContext(next),
    fail,
    forbid: (which) => fail(which, answers.forbidden),
    freeze: () => {
      frozen = true;
      watches.forget();
    },
    thaw: () => {
      frozen = false;
    },
    drop,
    stop,
    start: async () => await listen(port),
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await stop();
    },
  };
}

const NO_PATH: StatusAnswer = {
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
};

function isMatch({ verb, resource, name }: Which, call: Call): boolean {
  const isWanted = verb === undefined || verb === call.verb;
  const isThere = resource === undefined || resource === call.resource;
  return isWanted && isThere && (name === undefined || name === call.name);
}

function reply(response: ServerResponse, answer: StatusAnswer): void {
  send(response, answer.code, statusBody(answer), answer.headers);
}

function send(
  response: ServerResponse,
  code: number,
  body: KubeObject | object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
