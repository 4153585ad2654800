import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { TlsOptions } from './tls.ts';

export type ConnectorInput = {
  unixSocket: string | undefined;
  /** Absent for plain HTTP. */
  tls: TlsOptions | undefined;
  signal: AbortSignal;
  /** How much the app may send in all, in bytes. */
  maxBytes?: number;
};

/** The code of the error where it sends more. */
export const TOO_LONG = 'ANSWER_TOO_LONG';

/**
 * Opens the connection of one call. Not undici's own connector, since that one gives a connection up
 * only after its own time-out, and would hold the process up for as long when it is asked to stop.
 */
export function createConnector(input: ConnectorInput): buildConnector.connector {
  return ({ hostname, protocol, port }, callback) => {
    const { signal } = input;
    const socket = open(input, hostname, Number(port) || (protocol === 'https:' ? 443 : 80));
    const settle = (error: Error | null): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', settle).off('close', onClose);
      if (error === null) return callback(null, limit(socket, input.maxBytes));
      socket.on('error', () => {}).destroy();
      callback(error, null);
    };
    const onAbort = (): void => settle(new Error('aborted', { cause: signal.reason }));
    // A TLS server that slams the door during the handshake may cause no error.
    const onClose = (): void => settle(closedEarly());
    signal.addEventListener('abort', onAbort, { once: true });
    socket
      .setNoDelay(true)
      .once('error', settle)
      .once('close', onClose)
      .once(input.tls ? 'secureConnect' : 'connect', () => settle(null));
  };
}

function open({ unixSocket, tls }: ConnectorInput, host: string, port: number): Socket {
  const address =
    unixSocket === undefined ? { host, port, ...lookupOf(host) } : { path: unixSocket };
  return tls ? connectTls({ ...address, ...tls }) : connectTcp(address);
}

/**
 * Headers, interim answers and the frame of a body have no end of their own: what is sent without one
 * would be garbage faster than it is collected.
 */
function limit(socket: Socket, maxBytes: number | undefined): Socket {
  if (maxBytes === undefined) return socket;
  return socket.on('readable', () => {
    if (socket.bytesRead <= maxBytes || socket.destroyed) return;
    socket.destroy(Object.assign(new Error('the answer is too long'), { code: TOO_LONG }));
  });
}

function closedEarly(): Error {
  return Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' });
}

const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * `localhost` is both loopback addresses, whatever the image's /etc/hosts says of it (RFC 6761, 6.3):
 * many servers listen on one of them only. Node tries them in turn.
 */
function lookupOf(host: string): { lookup?: LookupFunction; autoSelectFamily?: boolean } {
  if (!/^(?:.+\.)?localhost\.?$/i.test(host)) return {};
  return { lookup: (_, __, callback) => callback(null, LOOPBACK), autoSelectFamily: true };
}
