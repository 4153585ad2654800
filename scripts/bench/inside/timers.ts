// How many timers the app holds after many swaps of the volume at this path: node timers.ts MOUNT SWAPS.
// Prints JSON.
import { createHook } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { runApp } from '../../../src/sidecar/app.ts';
import type { EventBus } from '../../../src/sidecar/events.ts';
import { createKubeletWriter } from '../kubelet-writer.ts';

/** Those that have neither run out nor been cleared; also those that keep no process alive. */
const alive = new Set<number>();
createHook({
  init: (id, type) => void (type === 'Timeout' && alive.add(id)),
  destroy: (id) => void alive.delete(id),
}).enable();

const WARM_UP = 50;
const REST_MS = 6000;
/** A swap that joins the turn of the one before has none of its own. */
const WAIT_MS = 20;

const [volume = '', swaps = ''] = process.argv.slice(2);
const writer = createKubeletWriter(volume);

let reloads = 0;
const { promise: started, resolve: onEvents } = Promise.withResolvers<EventBus>();
const signals = new EventEmitter();
// Without the proof, each swap can have a reload of its own.
const env = { REHUP_SURVIVE: '0s', REHUP_LISTEN: 'off', REHUP_LOG_LEVEL: 'error' };
const running = runApp({
  input: { flags: {}, env },
  signals,
  terminal: false,
  colors: false,
  examine: async () => {},
  version: 'bench',
  exit: (code) => process.exit(code),
  onEvents: (events) => onEvents(events),
});
const events = await started;
let endTurn = (): void => {};
events.on('turn-ended', () => endTurn());
events.on('decided', ({ outcome }) => {
  if (outcome === 'reloaded') reloads += 1;
});

async function swapOften(from: number, count: number): Promise<void> {
  for (let generation = from; generation < from + count; generation += 1) {
    const turn = new Promise<void>((resolve) => {
      endTurn = resolve;
    });
    const stop = new AbortController();
    writer.swap(generation);
    await Promise.race([turn, delay(WAIT_MS, undefined, { signal: stop.signal }).catch(() => {})]);
    stop.abort();
  }
  await delay(REST_MS);
}

await swapOften(1, WARM_UP);
const before = alive.size;
reloads = 0;
await swapOften(WARM_UP + 1, Number(swaps));
const after = alive.size;
signals.emit('SIGTERM', 'SIGTERM');
await running;
process.stdout.write(`${JSON.stringify({ before, after, reloads })}\n`);
