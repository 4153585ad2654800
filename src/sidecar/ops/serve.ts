import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { StatusSources } from '../report/status/describe.ts';
import type { TriggerResult } from '../trigger.ts';
import { answerTrigger } from './answer-trigger.ts';
import { createPages, type PageSources } from './pages.ts';
import type { Reach } from './reach.ts';
import type { Reception } from './reception.ts';
import { send } from './send.ts';
import { findStranger } from './strangers.ts';

export type OpsInput = PageSources & {
  status: StatusSources;
  /** A reload, and what came of it. */
  trigger: () => Promise<TriggerResult>;
  /** Told of the end of every answer. */
  onServed: () => void;
};

/** What anybody may ask for who reaches the pod: a Prometheus, and the kubelet. */
const PUBLIC = ['/healthz', '/readyz', '/metrics'];

/**
 * `/metrics`, `/healthz` and `/readyz` for everybody; `/status` and the page at `/` for the pod itself,
 * and for a forwarded port; `/trigger` through a unix socket alone. No listening socket of its own.
 *
 * @param reach Who can be at the other end of the connections that it is given.
 */
export function createOpsServer(input: OpsInput, reach: Reach, reception: Reception): Server {
  const pages = createPages(input);

  const respond = (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) {
      response.setHeader('connection', 'close');
      return send(response, 413, 'text/plain', 'rehup has no use for a body');
    }
    passOver(request);
    if (path === '/trigger') return answerTrigger(request, response, { reach, ...input });
    const page = pages[path];
    if (page === undefined) {
      return send(response, 404, 'text/plain', `rehup serves ${Object.keys(pages).join(', ')}`);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, 405, 'text/plain', 'only GET is served');
    }
    const refusal = PUBLIC.includes(path) ? undefined : refuse(request, reach);
    if (refusal !== undefined) return send(response, 403, 'text/plain', refusal);
    if (isProbe(request, path)) reception.noteProbe(request.socket);
    const compareBy = reach === 'socket' ? keyIn(request) : undefined;
    return page(response, { compareBy, isOwn: refuse(request, reach) === undefined });
  };

  const server = createServer(LIMITS, (request, response) => {
    reception.setBusy(request.socket, true);
    response.once('close', () => {
      reception.setBusy(request.socket, false);
      input.onServed();
    });
    void Promise.resolve(respond(request, response)).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, 500, 'text/plain', 'this page could not be made');
    });
  });
  // Who takes in nothing of an answer is left, too.
  server.timeout = SILENCE_MS;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
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

/** Then it is closed, so that nobody has a place for good. */
const REQUESTS_PER_CONNECTION = 1000;

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

/** Why this is not shown to who asks. */
function refuse({ headers }: IncomingMessage, reach: Reach): string | undefined {
  if (reach === 'socket') return undefined;
  const stranger = reach === 'outside' ? 'somebody outside asks for it' : findStranger(headers);
  return stranger && `the status is shown inside of the pod only, and ${stranger}: ${WAYS}`;
}

const WAYS =
  'kubectl exec POD -c rehup -- rehup status; for the page, kubectl port-forward POD 9533, and http://localhost:9533';

/**
 * What tells whether the sidecar has some content is told to who has its socket alone: anybody else could
 * try what a short secret may be.
 */
function keyIn({ url = '/' }: IncomingMessage): string | undefined {
  const [, query] = url.split('?', 2);
  return new URLSearchParams(query).get('compare') ?? undefined;
}

/** As the kubelet asks. */
function isProbe({ headers }: IncomingMessage, path: string): boolean {
  const isHealth = path === '/healthz' || path === '/readyz';
  return isHealth && (headers['user-agent'] ?? '').startsWith('kube-probe/');
}
