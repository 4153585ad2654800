import { readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where the daemon and `rehup trigger` meet, in the state directory. */
export const stateSocket = (stateDir: string): string => join(stateDir, 'rehup.sock');

/**
 * Where they meet without one: a container has at least the first of these, also where its root file
 * system is read-only. Other containers of the pod may have the same directory. What keeps them out is
 * the mode of the socket, and that the sticky bit lets nobody else take its place.
 */
const PLACES = ['/dev/shm', '/tmp'];

/** One for each place. A port belongs to one process of a network, so no other rehup has this name. */
export function portSockets(port: number): string[] {
  const name = `rehup-${networkId()}-${port}.sock`;
  return PLACES.map((place) => join(place, name));
}

function networkId(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** The container's last run made it: nobody listens on it any more. */
export function removeLeftOver(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Whatever takes its place is what the listener complains of.
  }
}
