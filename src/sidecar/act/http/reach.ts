import { describeRequest, type ExchangeInput, notSent } from './exchange.ts';
import { createConnector } from './connect.ts';
import { HttpProblem } from './problem.ts';
import { readTls } from './tls.ts';

export type ReachInput = Pick<
  ExchangeInput,
  'option' | 'shownUrl' | 'url' | 'method' | 'settings' | 'timeoutMs'
>;

/**
 * Connects and, with https, shakes hands; sends nothing. A reload URL must not be asked for anything
 * by who only looks: some apps take a HEAD for a GET, and a GET for a reload.
 */
export async function reach(
  input: ReachInput,
  stop: AbortSignal,
): Promise<HttpProblem | undefined> {
  const timeout = AbortSignal.timeout(input.timeoutMs);
  try {
    await connect(input, AbortSignal.any([stop, timeout]));
    return undefined;
  } catch (error) {
    stop.throwIfAborted();
    return timeout.aborted ? timedOut(input) : notSent(input, error);
  }
}

async function connect({ url, settings }: ReachInput, signal: AbortSignal): Promise<void> {
  const { protocol, hostname: bracketed, port } = url;
  const hostname = bracketed.replace(/^\[(.*)\]$/, '$1');
  const { unixSocket } = settings;
  const tls = protocol === 'https:' ? await readTls(settings, hostname, signal) : undefined;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createConnector({ unixSocket, tls, signal })({ hostname, protocol, port }, (error, socket) => {
    if (error !== null) return reject(error);
    // In TLS 1.3 a server learns only after the handshake that the client shows no certificate.
    const timer = setTimeout(() => finish(), tls === undefined ? 0 : OBJECTION_MS);
    const finish = (late?: Error): void => {
      clearTimeout(timer);
      socket
        .removeAllListeners()
        .on('error', () => {})
        .destroy();
      if (late) reject(late);
      else resolve();
    };
    socket.once('error', finish).resume();
  });
  await promise;
}

/** How long a server may take to object. */
const OBJECTION_MS = 200;

function timedOut(input: ReachInput): HttpProblem {
  return new HttpProblem(
    'timed-out',
    `${describeRequest(input)} got no connection within ${input.timeoutMs} ms`,
    'let nothing stand between rehup and the app (NetworkPolicy, a full backlog), or raise REHUP_TIMEOUT',
    { check: 'url-timed-out' },
  );
}
