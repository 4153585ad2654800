import type { Dispatcher } from 'undici';
import type { Header, StatusRange } from '../config/parse.ts';
import { redactUrl } from '../config/redact.ts';
import { errorCode, toError } from '../errors.ts';
import type { Failure } from '../outcome.ts';
import type { Action } from './action.ts';

export type HttpInput = {
  url: URL;
  method: string;
  headers: readonly Header[];
  body: string | undefined;
  success: readonly StatusRange[];
  timeoutMs: number;
};

/** Reloads the app by an HTTP request. The client is loaded at the first call. */
export function createHttpAction(input: HttpInput): Action {
  return {
    kind: 'http',
    needsTarget: false,
    check: () => undefined,
    perform: async (_, signal) => {
      const timeout = AbortSignal.timeout(input.timeoutMs);
      try {
        return await send(input, AbortSignal.any([signal, timeout]));
      } catch (error) {
        signal.throwIfAborted();
        return timeout.aborted ? timedOut(input) : unreachable(input, error);
      }
    },
  };
}

async function send(input: HttpInput, signal: AbortSignal): Promise<Failure | undefined> {
  const { Agent, request } = await import('undici');
  // A connection of its own each time: the app may have been restarted since the last one.
  const dispatcher = new Agent({ pipelining: 0, connections: 1 });
  try {
    const response = await request(stripCredentials(input.url), {
      dispatcher,
      signal,
      method: input.method,
      headers: [...input.headers, ...basicAuth(input.url)].flatMap(({ name, value }) => [
        name,
        value,
      ]),
      body: input.body ?? null,
    });
    await response.body.dump();
    if (isSuccess(response.statusCode, input.success)) return undefined;
    return rejected(input, response);
  } finally {
    await dispatcher.destroy();
  }
}

export function isSuccess(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(({ from, to }) => status >= from && status <= to);
}

function stripCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function basicAuth({ username, password }: URL): Header[] {
  if (username === '' && password === '') return [];
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return [{ name: 'authorization', value: `Basic ${Buffer.from(pair).toString('base64')}` }];
}

function rejected(
  { url, method }: HttpInput,
  { statusCode, headers }: Dispatcher.ResponseData,
): Failure {
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  return {
    outcome: 'rejected',
    reason: `${method} ${redactUrl(url)} was answered with status ${statusCode}`,
    remedy: 'look at the log of the app; correct REHUP_URL or REHUP_METHOD, or widen REHUP_SUCCESS',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** RFC 9110, 10.2.3: seconds, or a date. */
export function parseRetryAfter(
  header: string | string[] | undefined,
  nowMs = Date.now(),
): number | undefined {
  const [text] = [header].flat();
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function timedOut({ url, method, timeoutMs }: HttpInput): Failure {
  return {
    outcome: 'timed-out',
    reason: `${method} ${redactUrl(url)} was not answered within ${timeoutMs} ms`,
    remedy: 'raise REHUP_TIMEOUT if the app takes this long to reload',
  };
}

function unreachable({ url, method }: HttpInput, error: unknown): Failure {
  const code = errorCode(error) ?? toError(error).message;
  return {
    outcome: 'unreachable',
    reason: `${method} ${redactUrl(url)} could not be sent: ${code}`,
    remedy: `let the app listen on ${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)} inside the pod, or correct REHUP_URL`,
  };
}
