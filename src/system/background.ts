import { toError } from './errors.ts';

/**
 * Runs work beside everything else until it is disposed of, which waits for its end. The work ends when
 * its signal is aborted; if it fails before, that is told, and nothing else is touched.
 */
export function inBackground(
  work: (signal: AbortSignal) => Promise<void>,
  onFailure: (error: Error) => void,
): AsyncDisposable {
  const stop = new AbortController();
  const done = work(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) onFailure(toError(error));
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
    },
  };
}
