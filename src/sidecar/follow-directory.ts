import type { Clock } from '../system/clock.ts';
import { createSettler } from './settle.ts';
import { createWatcher } from './watch/watcher.ts';

/** An editor writes a file in several steps, and a tool several files. */
const SETTLE = { quietMs: 100, maxMs: 2000, splayMs: 0 };
const POLL_MS = 1000;

/** Goes on whenever something in a directory may have changed, and has settled; until the signal. */
export async function* followDirectory(
  path: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<void> {
  const settler = createSettler(clock, SETTLE);
  const watcher = createWatcher({
    mount: { path },
    mode: 'auto',
    pollMs: POLL_MS,
    onHint: settler.hint,
    onNotice: () => {},
  });
  try {
    for (;;) {
      yield;
      await settler.next(signal);
    }
  } finally {
    watcher[Symbol.dispose]();
  }
}
