import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/options.ts';
import { listen, type Listener } from './listen.ts';
import type { OpsInput } from './serve.ts';

/** Where the daemon and `rehup trigger` meet, in the state directory. */
export const socketPath = (stateDir: string): string => join(stateDir, 'rehup.sock');

/** The port of `--listen`, and a socket in the state directory. */
export function openEndpoints(
  { listen: address, stateDir }: Settings,
  input: OpsInput,
): Listener[] {
  const endpoints: Listener[] = [];
  if (address !== 'off') endpoints.push(listen(address, input));
  if (stateDir !== undefined) {
    const path = socketPath(stateDir);
    // Left over by the container's last run: nobody listens on it any more.
    rmSync(path, { force: true });
    endpoints.push(listen({ path }, input));
  }
  return endpoints;
}
