import { readFileSync } from 'node:fs';

/** Whether this process has a controlling terminal, by /proc. */
function hasTerminal(): boolean {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  // pid (comm) state ppid pgrp session tty_nr: a name may have brackets and blanks in it.
  const [, , , , terminal] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return terminal !== '0';
}

/**
 * Tells whether the terminal that this process was started from has been closed. The kernel takes it
 * from all processes of its session before it sends the SIGHUP, so that one that somebody else has sent
 * is told apart.
 */
export function followTerminal(): () => boolean {
  if (!hasTerminal()) return () => false;
  return () => !hasTerminal();
}
