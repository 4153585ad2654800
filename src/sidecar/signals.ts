import type { EventEmitter } from 'node:events';

/** `process`, narrowed to the signals it emits. */
export type Signals = Pick<EventEmitter, 'on' | 'off'>;

export type Reactions = { end: (reason: string) => void; lookAgain: () => void };

/** SIGTERM and SIGINT end the loop and what is in flight; SIGHUP reloads even if nothing changed. */
export function followSignals(signals: Signals, { end, lookAgain }: Reactions): Disposable {
  // A listener is given the signal's name, and its number, which is no exit code.
  const stop = (name: string): void => end(name);
  signals.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', lookAgain);
  return {
    [Symbol.dispose]: () => {
      signals.off('SIGTERM', stop).off('SIGINT', stop).off('SIGHUP', lookAgain);
    },
  };
}
