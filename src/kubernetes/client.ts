import { type IncomingMessage, request as sendPlainRequest } from 'node:http';
import { Agent, request as sendRequest } from 'node:https';
import { errorCode, FatalError } from '../system/errors.ts';
import type { Connection } from './connection.ts';
import { explainConnection, timedOut } from './explain-connection.ts';
import { parseJson, readJsonLines, readText } from './body.ts';
import { parseStatus } from './parse.ts';
import { explainStatus } from './problem.ts';
import { bodyOf, headersOf, type KubeRequest, methodOf, pathOf } from './request.ts';
import { parseRetryAfter } from '../system/retry-after.ts';

/** The Kubernetes API. Whatever goes wrong is thrown as a KubeProblem; an abort, as its reason. */
export type KubeClient = {
  /** One request, one answer. */
  request: <Answer>(request: KubeRequest, signal: AbortSignal) => Promise<Answer>;
  /**
   * The items of an answer that goes on: one JSON document a line. Ends when the server ends it.
   *
   * @param onOpen Told when the answer has begun.
   */
  stream: <Item>(
    request: KubeRequest,
    signal: AbortSignal,
    onOpen?: () => void,
  ) => AsyncGenerator<Item, void, void>;
};

/** From the start of a request to the end of its answer, or to the start of a stream. */
const TIMEOUT_MS = 10_000;

/** The kernel asks after a silent peer: a half-open connection ends within minutes. */
const KEEP_ALIVE_MS = 30_000;

/** Requests that follow each other share a connection: each new one leaves memory behind. */
const IDLE_MS = 30_000;

/**
 * A client of `node:https` alone: the official one costs a sidecar 60 MB (docs/decisions.md).
 *
 * @param connections How many stay open between requests.
 */
export function createKubeClient(connection: Connection, connections = 1): KubeClient {
  const { server } = connection;
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, maxFreeSockets: connections });

  const send = async (
    request: KubeRequest,
    signal: AbortSignal,
    from: Agent | false,
  ): Promise<IncomingMessage> => {
    const response = await open(connection, request, { signal, agent: from });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const retryAfterMs = parseRetryAfter(response.headers['retry-after'], Date.now());
    const body = parseStatus(parseOptional(await readText(response)));
    throw explainStatus(request, { status, body, retryAfterMs });
  };

  /** Runs a part of the exchange with a limit in time, and words what went wrong. */
  const bounded = async <Result>(
    request: KubeRequest,
    signal: AbortSignal,
    work: (limited: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    signal.throwIfAborted();
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
    try {
      return await work(AbortSignal.any([signal, timeout.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FatalError) throw error;
      if (timeout.signal.aborted) throw timedOut(request, server.host, TIMEOUT_MS);
      throw explainConnection(request, server.host, error);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    request: async <Answer>(request: KubeRequest, signal: AbortSignal) =>
      await bounded(request, signal, async (limited) => {
        const text = await readText(await send(request, limited, agent));
        return parseJson(text) as Answer;
      }),
    stream: async function* stream<Item>(
      request: KubeRequest,
      signal: AbortSignal,
      onOpen?: () => void,
    ) {
      const response = await bounded(
        request,
        signal,
        async (limited) => await send(request, limited, false),
      );
      onOpen?.();
      try {
        yield* readJsonLines<Item>(response);
      } catch (error) {
        signal.throwIfAborted();
        throw explainConnection(request, server.host, error);
      } finally {
        response.destroy();
      }
    },
  };
}

type How = { signal: AbortSignal; agent: Agent | false };

async function open(
  { server, options }: Connection,
  request: KubeRequest,
  { signal, agent }: How,
): Promise<IncomingMessage> {
  const { headers, ...secure } = await options();
  const carried = bodyOf(request);
  const body = carried === undefined ? undefined : JSON.stringify(carried);
  const plain = server.protocol === 'http:';
  return await new Promise((resolve, reject) => {
    const outgoing = (plain ? sendPlainRequest : sendRequest)({
      hostname: server.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: server.port || (plain ? 80 : 443),
      path: `${server.pathname.replace(/\/$/, '')}${pathOf(request)}`,
      method: methodOf(request),
      agent: plain ? false : agent,
      ...secure,
      signal,
      headers: {
        ...(headers as Record<string, string>),
        ...headersOf(request),
        // Of a DELETE, Node would not say that there is a body, and the server would not read it.
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        'user-agent': 'rehup',
      },
    });
    outgoing
      .on('error', (error) => {
        // The server may close an idle connection just when it is used again.
        const isStale = outgoing.reusedSocket && errorCode(error) === 'ECONNRESET';
        if (!isStale || agent === false) reject(error);
        else resolve(open({ server, options }, request, { signal, agent: false }));
      })
      .on('response', resolve)
      .on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS))
      .end(body);
  });
}

function parseOptional(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
