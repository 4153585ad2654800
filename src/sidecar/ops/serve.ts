import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { escapeJson } from '../report/escape.ts';
import type { Health } from '../report/health.ts';
import type { Metrics } from '../report/metrics.ts';
import type { StatusSources } from '../report/status/describe.ts';
import type { Tally } from '../report/tally.ts';
import type { TriggerResult } from '../trigger.ts';
import { shareInTurn } from './share-in-turn.ts';

export type OpsInput = {
  health: Health;
  status: StatusSources;
  tally: Tally;
  build: { version: string; node: string };
  trigger: () => Promise<TriggerResult>;
  /** Told of the end of every answer. */
  onServed: () => void;
};

/**
 * `/metrics`, `/healthz`, `/readyz`, `/status`, the page at `/`, and `/trigger` for the pod itself;
 * no listening socket of its own. What takes memory is loaded by the first request for it.
 */
export function createOpsServer(input: OpsInput): Server {
  let metrics: Metrics | undefined;
  const { health, status, tally, build } = input;

  const renderStatus = shareInTurn(async () => {
    const { describeStatus } = await import('../report/status/describe.ts');
    return JSON.stringify(describeStatus(status), null, 2);
  });
  const renderMetrics = shareInTurn(async () => {
    const { createMetrics } = await import('../report/metrics.ts');
    metrics ??= createMetrics(tally, build);
    return { contentType: metrics.contentType, text: await metrics.render() };
  });

  const routes: Record<string, (response: ServerResponse) => void | Promise<void>> = {
    '/healthz': (response) => answer(response, health.isAlive(), 'ok', 'the loop is stuck'),
    '/readyz': (response) =>
      answer(response, health.isReady(), 'ready', 'not every mount has been read yet'),
    '/status': async (response) => sendJson(response, await renderStatus()),
    '/metrics': async (response) => {
      const { contentType, text } = await renderMetrics();
      send(response, 200, contentType, text);
    },
    '/': async (response) => {
      const { page, pageHeaders } = await import('../page/page.ts');
      for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
      send(response, 200, 'text/html; charset=utf-8', page);
    },
  };

  const server = createServer(LIMITS, (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const route = routes[path];
    response.once('close', input.onServed);
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) {
      response.setHeader('connection', 'close');
      return send(response, 413, 'text/plain', 'rehup has no use for a body');
    }
    passOver(request);
    if (path === '/trigger') return void handleTrigger(request, response, input.trigger);
    if (route === undefined) {
      return send(response, 404, 'text/plain', `rehup serves ${Object.keys(routes).join(', ')}`);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, 405, 'text/plain', 'only GET is served');
    }
    return void Promise.resolve(route(response)).catch(() => {
      send(response, 500, 'text/plain', 'this page could not be made');
    });
  });
  // Who takes in nothing of an answer is left, too.
  server.timeout = SILENCE_MS;
  // The limits are watched over from here on only, though others listen for this server.
  server.emit('listening');
  return server;
}

/** Anybody who reaches the pod may connect: a connection that asks for nothing is closed. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 5000,
};

const SILENCE_MS = 30_000;

/** Nobody needs to send any; some clients send a little. */
const BODY_BYTES = 64 * 1024;

/** Takes in a body without keeping it, and breaks off one without an end. */
function passOver(request: IncomingMessage): void {
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > BODY_BYTES) request.socket.destroy();
  });
}

/** Only the pod itself may ask: over loopback, or through the socket in its state directory. */
async function handleTrigger(
  request: IncomingMessage,
  response: ServerResponse,
  trigger: OpsInput['trigger'],
): Promise<void> {
  if (!isLocal(request.socket)) {
    return send(response, 403, 'text/plain', 'a reload can be triggered from inside the pod only');
  }
  // Through a forwarded port, any site that is open in the browser could ask as well.
  if (request.headers.origin !== undefined) {
    return send(response, 403, 'text/plain', 'a reload cannot be triggered by a web page');
  }
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    return send(response, 405, 'text/plain', 'a reload is triggered by POST');
  }
  // A reload takes as long as it takes.
  request.socket.setTimeout(0);
  sendJson(response, JSON.stringify(await trigger()));
}

/** A peer of a unix socket has no address; one that asks by the pod's own address has the same. */
function isLocal({ remoteAddress, localAddress }: IncomingMessage['socket']): boolean {
  if (remoteAddress === undefined) return true;
  return LOOPBACK.test(remoteAddress) || remoteAddress === localAddress;
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

function answer(response: ServerResponse, good: boolean, yes: string, no: string): void {
  send(response, good ? 200 : 503, 'text/plain', good ? yes : no);
}

function sendJson(response: ServerResponse, json: string): void {
  send(response, 200, 'application/json', escapeJson(json));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(`${body}\n`);
}
