import { startLineProcess } from './line-process.ts';
import type { LineProcess } from './line-process.ts';
import { rehupCommand } from './start-rehup.ts';

/** One line of `--output json`. */
export type SimulateLine = Readonly<{
  time: string;
  step: string;
  directory: string;
  added: string[];
  changed: string[];
  removed: string[];
  swapped: boolean;
  note?: string;
}>;

export interface Simulate extends LineProcess {
  /** The next line of this step; lines up to it count as read. */
  readonly step: (name: string) => Promise<SimulateLine>;
  /** Writes a step to its stdin, and waits until it is done. */
  readonly play: (text: string) => Promise<SimulateLine>;
  /** Asks it to stop; returns its exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Starts the real program in a directory, and waits until that is a volume. */
export async function startSimulate(
  directory: string,
  ...argv: readonly string[]
): Promise<Simulate> {
  const child = await startLineProcess(
    rehupCommand(['simulate', directory, '--output=json', ...argv]),
  );
  const step = async (name: string): Promise<SimulateLine> => {
    const line = await child.line(new RegExp(`"step":"${name}"`));
    return JSON.parse(line) as SimulateLine;
  };
  await step('start');
  return {
    ...child,
    step,
    play: async (text) => {
      child.say(text);
      return await step(text.split(' ', 1)[0] ?? text);
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return (await child.exited).code;
    },
  };
}
