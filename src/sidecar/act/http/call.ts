import type { Dispatcher } from 'undici';
import type { IncomingHttpHeaders } from 'undici/types/header.js';
import { createConnector } from './connect.ts';
import type { SentHeader } from './headers.ts';
import type { TlsOptions } from './tls.ts';

export type CallInput = {
  url: URL;
  method: string;
  headers: readonly SentHeader[];
  body: string | undefined;
  unixSocket: string | undefined;
  tls: TlsOptions | undefined;
  /** How much of the response body is read, in bytes. */
  bodyLimit: number;
  /** Whether the body has a say at this status. Where it has none, it need not come to its end. */
  needsBody: (status: number) => boolean;
};

export type Answer = {
  status: number;
  headers: IncomingHttpHeaders;
  /** Its beginning, where it is longer than the limit. */
  body: string;
  cut: boolean;
};

/**
 * One request on a connection of its own: the app may have been restarted since the last one, and the
 * credentials may have been rotated. Redirects are not followed. Throws what undici throws.
 */
export async function call(input: CallInput, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const { default: Client } = await import('undici/lib/dispatcher/client.js');
  const { default: request } = await import('undici/lib/api/api-request.js');
  const { url, unixSocket, tls, method, headers, body, bodyLimit, needsBody } = input;
  const client = new Client(url.origin, {
    pipelining: 0,
    allowH2: false,
    // The caller's signal is the one limit in time.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector({ unixSocket, tls, signal, maxBytes: FRAME_BYTES + 8 * bodyLimit }),
  });
  try {
    const response = await request.call(client, {
      path: `${url.pathname}${url.search}`,
      method,
      headers: headers.flat(),
      body: body ?? null,
      signal,
    });
    const { statusCode: status, headers: received } = response;
    const read = needsBody(status) ? readBody : readForCourtesy;
    return { status, headers: received, ...(await read(response.body, bodyLimit)) };
  } finally {
    await client.destroy();
  }
}

/** Beside the body, which takes eight times its length where it comes in chunks of a byte. */
const FRAME_BYTES = 1024 * 1024;

type Body = Dispatcher.ResponseData['body'];

async function readBody(body: Body, limit: number): Promise<Pick<Answer, 'body' | 'cut'>> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size > limit) break;
  }
  return { body: Buffer.concat(pieces).toString('utf8', 0, limit), cut: size > limit };
}

const COURTESY_MS = 500;

/**
 * A body that decides nothing is read all the same, so that the app does not see its answer broken
 * off, and remedies can go by it; one that takes longer, or breaks off, is dropped.
 */
async function readForCourtesy(body: Body, limit: number): Promise<Pick<Answer, 'body' | 'cut'>> {
  const timer = setTimeout(() => body.destroy(), COURTESY_MS);
  try {
    return await readBody(body, limit);
  } catch {
    return { body: '', cut: true };
  } finally {
    clearTimeout(timer);
  }
}
