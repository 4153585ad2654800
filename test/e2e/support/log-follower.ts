import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

import { parseLogLine, type LinePredicate, type LogLine } from './log-line.ts';

export interface LogFollower extends AsyncDisposable {
  /** All that was printed so far. */
  readonly lines: readonly LogLine[];
  /** Settles with the `nth` line (counted from 1) for which `holds` is true, among those printed and those to come. */
  find(holds: LinePredicate, nth: number): Promise<LogLine>;
}

const RETRY_MS = 250;

/** A stream that was opened while the container restarted may stay silent forever: a new one does not. */
const RENEW_MS = 10_000;

/**
 * Follows the log of a container over its restarts. `kubectl logs --follow` ends with the container
 * and fails while there is none, so it is started again; the timestamps tell what was seen before.
 */
export function followLog(logsCommand: readonly string[]): LogFollower {
  const stop = new AbortController();
  const lines: LogLine[] = [];
  const listeners = new Set<() => void>();
  const push = (line: LogLine): void => {
    lines.push(line);
    for (const listener of listeners) listener();
  };
  const following = follow(logsCommand, push, stop.signal);

  return {
    lines,
    find(holds, nth) {
      const { promise, resolve } = Promise.withResolvers<LogLine>();
      const look = (): void => {
        const found = lines.filter(holds)[nth - 1];
        if (!found) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
      return promise;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}

async function follow(
  logsCommand: readonly string[],
  push: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  let lastTimestamp = '';
  while (!signal.aborted) {
    for await (const line of streamLog(logsCommand, signal)) {
      const [timestamp, text] = splitAtFirst(line, ' ');
      // Of fixed width and in one time zone, so that they can be compared as text.
      if (timestamp <= lastTimestamp) continue;
      lastTimestamp = timestamp;
      push(parseLogLine(text));
    }
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function streamLog(logsCommand: readonly string[], signal: AbortSignal): AsyncIterable<string> {
  const args = [...logsCommand, '--follow', '--timestamps'];
  // Failing is part of following: the container may not have started yet.
  const subprocess = execa('kubectl', args, {
    cancelSignal: signal,
    timeout: RENEW_MS,
    reject: false,
    buffer: false,
  });
  return subprocess.iterable();
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
