/**
 * Sends a signal to the main process of a container of this pod, out of another container of it:
 *
 *     node signal.ts SIGSTOP rehup
 *
 * rehup's own image has nothing to do that with, and the node is out of reach for a test in kind.
 * Needs the shared process namespace, and the same user in both containers.
 */
import { readFileSync, readdirSync } from 'node:fs';
import process from 'node:process';

interface Entry {
  readonly pid: number;
  readonly startTime: number;
}

const [signal, container] = process.argv.slice(2);
if (!signal || !container) throw new Error('usage: signal.ts SIGNAL CONTAINER');

const main = readdirSync('/proc')
  .filter((name) => /^\d+$/.test(name))
  .flatMap((pid) => readEntry(Number(pid), container))
  .toSorted((one, other) => one.startTime - other.startTime)[0];
if (!main) throw new Error(`no process of the container ${container} is visible`);

process.kill(main.pid, signal);
process.stdout.write(`${JSON.stringify({ signal, container, pid: main.pid })}\n`);

/** The process, if a runtime started it in that container: its parent is outside this namespace. */
function readEntry(pid: number, containerName: string): Entry[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in the second field may contain spaces and parentheses; the third follows its last one.
    const [, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (parent !== '0') return [];
    const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
    if (!mounts.includes(`/containers/${containerName}/`)) return [];
    return [{ pid, startTime: Number(rest[17]) }];
  } catch {
    // Ended meanwhile, or a zombie.
    return [];
  }
}
