import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

const COLOURS = { demo: 1, volume: 33, app: 32, rehup: 36 } as const;

export type Who = keyof typeof COLOURS;

const isTerminal = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

export function print(who: Who, text: string): void {
  const name = who === 'demo' ? '' : who;
  const title = isTerminal ? `\u001B[${COLOURS[who]}m${name.padEnd(7)}\u001B[0m` : name.padEnd(7);
  process.stdout.write(`${`${title}${text}`.trimEnd()}\n`);
}

export function heading(text: string): void {
  process.stdout.write(isTerminal ? `\n\u001B[1m${text}\u001B[0m\n` : `\n${text}\n`);
}

/** Time to read, for a person; a script gets its lines at once. */
export async function pause(ms: number): Promise<void> {
  if (process.stdout.isTTY) await delay(ms);
}

/** Prints what a process says, as `show` has it, and lets the demo wait for a line with a text in it. */
export function follow(
  who: Who,
  child: { stdout: Readable },
  show: (line: string) => string | undefined,
): (text: string) => Promise<void> {
  let unread: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const shown = show(line);
      if (shown !== undefined) print(who, shown);
      unread.push(line);
    }
    for (const look of waiting) look();
  });
  return (text) =>
    new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => reject(new Error(`the ${who} did not say "${text}" within 20 s`)),
        20_000,
      );
      const look = (): void => {
        const at = unread.findIndex((line) => line.includes(text));
        if (at === -1) return;
        unread = unread.slice(at + 1);
        clearTimeout(deadline);
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
}

type Line = {
  msg: string;
  outcome?: string;
  target?: string;
  reason?: string;
  remedy?: string;
  took_ms?: number;
};

/** A decision of rehup in one line; what only prepares it is left out. */
export function showDecision(text: string): string | undefined {
  const line = JSON.parse(text) as Line;
  switch (line.outcome) {
    case 'reloaded':
      return `reloaded ${line.target} and saw it live on, in ${Math.round(line.took_ms ?? 0)} ms`;
    case undefined:
    case 'already-current':
    case 'superseded':
    case 'unchanged':
      return undefined;
    default:
      return `${line.outcome}: ${line.reason}\n       remedy: ${line.remedy}`;
  }
}
