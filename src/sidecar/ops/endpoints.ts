import type { Settings } from '../../config/options.ts';
import { listenBeside } from './listen-beside.ts';
import { listen, type Listener } from './listen.ts';
import type { OpsInput } from './serve.ts';
import { removeLeftOver, stateSocket } from './sockets.ts';
import { createTriggerGate } from './trigger-gate.ts';

/**
 * The port of `--listen`, for the network; and a unix socket for `rehup trigger`: in the state
 * directory, or in a place that every container has.
 */
export function openEndpoints({ listen: address, stateDir }: Settings, ops: OpsInput): Listener[] {
  const endpoints: Listener[] = [];
  const { trigger, status } = ops;
  const input = { ...ops, trigger: createTriggerGate(trigger, status.clock) };
  if (address !== 'off') {
    const port = listen(address, input);
    endpoints.push(port);
    if (stateDir === undefined) endpoints.push(listenBeside(port.started, input));
  }
  if (stateDir !== undefined) {
    const path = stateSocket(stateDir);
    removeLeftOver(path);
    endpoints.push(listen({ path }, input));
  }
  return endpoints;
}
