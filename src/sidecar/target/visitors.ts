import { isShell } from './program.ts';
import type { Process } from './process.ts';

/**
 * Ephemeral containers come to look at the others, and mount what these mount. Nothing in /proc tells
 * them from the others; by default, `kubectl debug` gives them a name with five random characters.
 */
export function isDebugContainer(name: string | undefined): boolean {
  return name !== undefined && /^debugger-[a-z0-9]{5}$/.test(name);
}

/** Somebody sits at a terminal: so it is in a debug container with a name of its own. */
export function isInteractive(entry: Process): boolean {
  return entry.hasTerminal && isShell(entry);
}
