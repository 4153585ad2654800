import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { type ListeningSocket, parseListeners } from '../system/proc/listeners.ts';

/** Who listens in the network of this pod, whatever the container. */
export function readListeners(): ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    try {
      return parseListeners(readFileSync(path, 'utf8'));
    } catch {
      return [];
    }
  });
}

/** `::` takes IPv4 as well, unless it was told not to, which does not show. */
const ANY = ['0.0.0.0', '::'];

/** Whether a socket takes what is sent to this address. */
export function takes(socket: ListeningSocket, address: string, port: number): boolean {
  return socket.port === port && (socket.address === address || ANY.includes(socket.address));
}

/** As in a URL. */
export function formatSocket({ address, port }: ListeningSocket): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** The next port that nobody listens on. */
export function freePort(from: number, listeners: readonly ListeningSocket[]): number {
  const taken = new Set(listeners.map(({ port }) => port));
  let port = from;
  while (taken.has(port)) port += 1;
  return port;
}
