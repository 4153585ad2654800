import { watch } from 'node:fs';
import { waitFor } from './wait-for.ts';
import type { WaitForOptions } from './wait-for.ts';

/** One callback of `fs.watch`, or one line of `inotifywait`, as it came. */
export interface RawWatchEvent {
  /** `rename` or `change`; from inotifywait the mask, as `CREATE,ISDIR`. */
  readonly event: string;
  readonly name: string | null;
}

/** The same after normalisation: `['rename', 'TS1']`. */
export type WatchEvent = readonly [event: string, name: string];

export interface WatchRecorder extends Disposable {
  /** What was recorded so far, in order. */
  readonly events: readonly WatchEvent[];
  /** Waits until the events so far satisfy the predicate, and returns them. */
  readonly until: (
    predicate: (events: readonly WatchEvent[]) => boolean,
    options?: WaitForOptions,
  ) => Promise<readonly WatchEvent[]>;
}

/** Records from the moment it returns: on Linux `fs.watch` adds the inotify watch at once. */
export function recordWatchEvents(directory: string): WatchRecorder {
  const raw: RawWatchEvent[] = [];
  const watcher = watch(directory, (event, name) => raw.push({ event, name }));
  // An error ends the recording; whoever waits for more sees what came before it.
  watcher.on('error', (error) => raw.push({ event: 'error', name: error.message }));
  return makeRecorder(raw, () => watcher.close());
}

/** A recorder over a list that somebody else appends to. */
export function makeRecorder(raw: readonly RawWatchEvent[], stop: () => void): WatchRecorder {
  return {
    get events() {
      return normaliseWatchEvents(raw);
    },
    until: (predicate, options) => untilEvents(raw, predicate, options),
    [Symbol.dispose]: stop,
  };
}

const TS_DIR_NAME = /^\.\.\d{4}(?:_\d{2}){5}\.\d+$/;

/**
 * Makes recordings comparable. The names of timestamped directories become `TS1`, `TS2`, … in the
 * order in which they appear. Equal neighbours become one: of two equal events in a row (a chown
 * and the chmod after it) the kernel drops the second if nobody has read the first yet, so their
 * number is a matter of speed. In `fs.watch`, where nearly all masks are `rename`, this also
 * joins the creation of a name with what happens to it next.
 */
export function normaliseWatchEvents(raw: readonly RawWatchEvent[]): WatchEvent[] {
  const tsDirs = new Map<string, string>();
  const events: WatchEvent[] = [];
  for (const { event, name } of raw) {
    const next: WatchEvent = [event, normaliseName(name ?? '', tsDirs)];
    if (!isEqual(events.at(-1), next)) events.push(next);
  }
  return events;
}

function normaliseName(name: string, tsDirs: Map<string, string>): string {
  if (!TS_DIR_NAME.test(name)) return name;
  const known = tsDirs.get(name) ?? `TS${tsDirs.size + 1}`;
  tsDirs.set(name, known);
  return known;
}

function isEqual(previous: WatchEvent | undefined, [event, name]: WatchEvent): boolean {
  return previous?.[0] === event && previous[1] === name;
}

function untilEvents(
  raw: readonly RawWatchEvent[],
  predicate: (events: readonly WatchEvent[]) => boolean,
  options?: WaitForOptions,
): Promise<readonly WatchEvent[]> {
  return waitFor(
    'watch events',
    () => {
      const events = normaliseWatchEvents(raw);
      if (predicate(events)) return events;
      throw new Error(`recorded so far: ${JSON.stringify(events)}`);
    },
    options,
  );
}
