import { waitFor } from './wait-for.ts';
import type { WaitForOptions } from './wait-for.ts';

export interface LineQueue<Line> {
  readonly lines: readonly Line[];
  readonly push: (line: Line) => void;
  /** No line will follow: whoever waits for one fails at once. */
  readonly end: () => void;
  /** Waits for the next line for which the predicate holds; lines up to it are passed over. */
  readonly take: (
    what: string,
    isWanted: (line: Line) => boolean,
    options?: WaitForOptions,
  ) => Promise<Line>;
}

/** Retries can go on for many lines, and the cause is among the last. */
const SHOWN = 20;

/** @param describe What else helps to understand why a line did not come. */
export function createLineQueue<Line>(describe: () => string): LineQueue<Line> {
  const lines: Line[] = [];
  let next = 0;
  let ended = false;
  const explain = (): string => {
    const seen = lines.slice(-SHOWN).map((line) => JSON.stringify(line));
    return `the last of ${lines.length} lines, ${next} of them read before:\n${seen.join('\n')}\n${describe()}`;
  };
  return {
    lines,
    push: (line) => void lines.push(line),
    end: () => {
      ended = true;
    },
    take: async (what, isWanted, options) => {
      const { index } = await waitFor(
        what,
        () => {
          const found = lines.findIndex((line, at) => at >= next && isWanted(line));
          if (found !== -1 || ended) return { index: found };
          throw new Error(explain());
        },
        options,
      );
      if (index === -1) throw new Error(`the process ended without ${what}: ${explain()}`);
      next = index + 1;
      return lines[index] as Line;
    },
  };
}
