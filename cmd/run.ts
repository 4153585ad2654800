import { isTerminal } from '../src/cli/is-terminal.ts';
import { writeAll } from '../src/cli/write-all.ts';
import { keepMemoryOutOfCoreFiles } from '../src/sidecar/core-file.ts';
import { reportBug, start } from '../src/start.ts';
import { hasHungUp, letHangUpEnd } from './hang-up.ts';

/** Hands over arguments, environment and streams, nothing else. */
export async function main(): Promise<void> {
  keepMemoryOutOfCoreFiles();
  const terminalClosed = await followOwnTerminal();

  // The name that ps and the rehup of another container see.
  process.title = 'rehup';

  const stderr = { write: (text: string) => writeAll(2, text) };
  // Node would open its debugger on loopback, which is that of all containers of the pod.
  process.on('SIGUSR1', () => {});

  // Also from timers and rejected promises, no stack trace reaches a user.
  process.on('uncaughtException', (error) => process.exit(reportBug(error, stderr)));

  process.exitCode = await start({
    argv: process.argv.slice(2),
    env: process.env,
    // Plain descriptors: the stream objects of process cost memory, and throw when a pipe closes.
    stdout: {
      isTTY: isTerminal(1),
      get columns() {
        return process.stdout.columns;
      },
      write: (text) => writeAll(1, text),
    },
    stderr,
    signals: process,
    hangUp: { came: hasHungUp, letEnd: letHangUpEnd, terminalClosed },
    exit: (code) => process.exit(code),
  });
}

/** What has none of its streams on a terminal, as with nohup, does not end with one either. */
async function followOwnTerminal(): Promise<() => boolean> {
  if (![0, 1, 2].some(isTerminal)) return () => false;
  const { followTerminal } = await import('../src/system/own-terminal.ts');
  return followTerminal();
}
