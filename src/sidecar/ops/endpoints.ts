import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/options.ts';
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
    removeLeftOver(path);
    endpoints.push(listen({ path }, input));
  }
  return endpoints;
}

/** The container's last run made it: nobody listens on it any more. */
function removeLeftOver(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Whatever takes its place is what the listener complains of.
  }
}
