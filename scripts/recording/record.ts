import { execa } from 'execa';

import type { Event } from './terminal-svg.ts';

/** Runs a command on a terminal of its own, and keeps what it writes there, with the time of each piece. */
export async function recordCommand(command: string, columns: number): Promise<Event[]> {
  const events: Event[] = [];
  const lines = `stty cols ${columns} rows 50; ${command}`;
  const script = ['--quiet', '--flush', '--return', '--command', lines, '/dev/null'];
  const { PATH = '' } = process.env;
  const env = { PATH, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const child = execa('script', script, { env, extendEnv: false, reject: false, stdin: 'ignore' });
  const began = performance.now();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    events.push([Math.round(performance.now() - began) / 1000, text]);
  });
  await child;
  return withoutStart(events);
}

/** A recording begins with the first output: how long a program took to start is not of interest. */
function withoutStart(events: readonly Event[]): Event[] {
  const [first = 0] = events[0] ?? [];
  return events.map(([seconds, text]) => [Math.round((seconds - first) * 100) / 100, text]);
}
