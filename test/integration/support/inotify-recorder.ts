import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { isInstalled } from '../../support/abilities.ts';
import { waitFor } from '../../support/wait-for.ts';
import { makeRecorder } from '../../support/watch-recorder.ts';
import type { RawWatchEvent, WatchRecorder } from '../../support/watch-recorder.ts';

export const hasInotifywait = isInstalled('inotifywait');

const EVENTS = 'create,attrib,modify,moved_from,moved_to,delete,delete_self,move_self';

/** As `recordWatchEvents`, but with the masks of the kernel: `CREATE,ISDIR` instead of `rename`. */
export async function recordInotifyEvents(directory: string): Promise<WatchRecorder> {
  const args = ['--monitor', '--event', EVENTS, '--format', '%e %f', directory];
  const child = execa('inotifywait', args, { stdin: 'ignore', reject: false });
  const raw: RawWatchEvent[] = [];
  createInterface(child.stdout).on('line', (line) => raw.push(parseLine(line)));
  const messages: string[] = [];
  createInterface(child.stderr).on('line', (line) => messages.push(line));
  await waitFor('inotifywait to watch', () => {
    if (messages.includes('Watches established.')) return true;
    throw new Error(`it said so far: ${messages.join(' ')}`);
  });
  return makeRecorder(raw, () => child.kill());
}

/** The name is empty when the event is about the watched directory itself. */
function parseLine(line: string): RawWatchEvent {
  const [event = '', name = ''] = line.split(' ', 2);
  return { event, name };
}
