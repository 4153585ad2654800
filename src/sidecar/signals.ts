import type { EventEmitter } from 'node:events';

export type SignalSources = {
  /** `process`, narrowed to the signals it emits. */
  signals: Pick<EventEmitter, 'on' | 'off'>;
  /** Whether a SIGHUP came before anybody listened. */
  hasHungUp?: () => boolean;
  /** Whether the terminal that it was started from is gone. */
  terminalClosed?: () => boolean;
};

export type Reactions = { end: (reason: string) => void; lookAgain: () => void };

/**
 * SIGTERM and SIGINT end the loop and what is in flight; SIGHUP reloads even if nothing changed, unless it
 * is that of a terminal that was closed.
 */
export function followSignals(
  { signals, hasHungUp, terminalClosed }: SignalSources,
  { end, lookAgain }: Reactions,
): Disposable {
  // A listener is given the signal's name, and its number, which is not an exit code.
  const stop = (name: string): void => end(name);
  const hangUp = (): void => {
    if (terminalClosed?.() === true) end('the terminal was closed');
    else lookAgain();
  };
  signals.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', hangUp);
  if (hasHungUp?.() === true) hangUp();
  return {
    [Symbol.dispose]: () => {
      signals.off('SIGTERM', stop).off('SIGINT', stop).off('SIGHUP', hangUp);
    },
  };
}
