import type { Started } from '../report/endpoint.ts';
import { listen, type Listener } from './listen.ts';
import type { OpsInput } from './serve.ts';
import { portSockets, removeLeftOver } from './sockets.ts';

/**
 * A unix socket that belongs to a port, for `rehup trigger` where there is no state directory: opened
 * once the port is, since the port makes its name. Nobody who has but the network reaches it.
 */
export function listenBeside(port: Promise<Started>, input: OpsInput): Listener {
  const opened: Listener[] = [];
  let isOver = false;
  const open = async (): Promise<Started> => {
    const bound = await port;
    if (!('port' in bound) || bound.port === undefined || isOver) return {};
    for (const path of portSockets(bound.port)) {
      removeLeftOver(path);
      const listener = listen({ path }, input);
      opened.push(listener);
      if (!('reason' in (await listener.started))) return {};
    }
    return {
      reason: 'rehup trigger has no socket: neither in /dev/shm nor in /tmp can one be made',
      remedy: 'mount an emptyDir in the rehup container, and set REHUP_STATE_DIR to it',
    };
  };
  return {
    started: open(),
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      for (const listener of opened) await listener[Symbol.asyncDispose]();
    },
  };
}
