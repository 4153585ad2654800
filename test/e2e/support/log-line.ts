/** What the test application prints: see ../app/app.ts. */
interface AppLine {
  readonly app?: 'started' | 'reloaded' | 'watch';
  readonly pid?: number;
  readonly content?: Readonly<Record<string, string | null>>;
  readonly by?: string;
  /** Whom the certificate of the client was made out to. */
  readonly client?: string;
  /** When the reload began, and when the newest mount was swapped: milliseconds since the epoch. */
  readonly time?: number;
  readonly swapped?: number | null;
  readonly event?: string;
  readonly name?: string | null;
}

/** What rehup prints: one line for each decision. */
interface RehupLine {
  readonly msg?: string;
  readonly rule?: string;
  readonly mount?: string;
  readonly changed?: unknown;
  readonly outcome?: string;
  readonly check?: string;
  readonly action?: string;
  readonly target?: unknown;
  readonly remedy?: string;
  readonly reason?: string;
  readonly took_ms?: number;
  readonly hash?: string;
}

/** A line of a container's log. A line that is not a JSON object has its text only. */
export interface LogLine extends AppLine, RehupLine {
  readonly text: string;
}

export type LinePredicate = (line: LogLine) => boolean;

export function parseLogLine(text: string): LogLine {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === 'object' && fields !== null) return { ...fields, text };
  } catch {
    // Not rehup's and not the test application's: a runtime's warning, another program's log.
  }
  return { text };
}

export const isStarted: LinePredicate = (line) => line.app === 'started';

export const isReloaded: LinePredicate = (line) => line.app === 'reloaded';

/** The application has reloaded, and read this text in this file while it did. */
export function hasRead(path: string, text: string): LinePredicate {
  return (line) => isReloaded(line) && line.content?.[path] === text;
}

/** The program has started, and read this text while it did. */
export function hasStartedWith(path: string, text: string): LinePredicate {
  return (line) => isStarted(line) && line.content?.[path] === text;
}

export function says(msg: string): LinePredicate {
  return (line) => line.msg === msg;
}

export function hasOutcome(outcome: string): LinePredicate {
  return (line) => line.outcome === outcome;
}
