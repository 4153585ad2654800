import type { EventEmitter } from 'node:events';

/** `process`, narrowed to the signals it emits. */
export type Signals = Pick<EventEmitter, 'on' | 'off'>;

export type Reactions = { end: (reason: string) => void; hangUp: () => void };

/** SIGTERM and SIGINT end the loop and what is in flight; a SIGHUP is a trigger, or a terminal that is closed. */
export function followSignals(signals: Signals, { end, hangUp }: Reactions): Disposable {
  // A listener is given the signal's name, and its number, which is no exit code.
  const stop = (name: string): void => end(name);
  signals.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', hangUp);
  return {
    [Symbol.dispose]: () => {
      signals.off('SIGTERM', stop).off('SIGINT', stop).off('SIGHUP', hangUp);
    },
  };
}
