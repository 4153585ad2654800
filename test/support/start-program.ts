import { fileURLToPath } from 'node:url';
import { startLineProcess } from './line-process.ts';
import type { LineProcess } from './line-process.ts';

export type ProgramName =
  | 'dies'
  | 'drops-root'
  | 'ends'
  | 'handler'
  | 'hostile'
  | 'late-handler'
  | 'late-signal'
  | 'master'
  | 'no-handler';

/** The command that runs one of the programs beside this file. The first argument is its name. */
export function programCommand(program: ProgramName, ...args: readonly string[]): string[] {
  const path = fileURLToPath(new URL(`programs/${program}.ts`, import.meta.url));
  return [process.execPath, path, ...args];
}

/** Starts a command that says `ready` once it is. */
export async function startProgram(command: readonly string[]): Promise<LineProcess> {
  const program = await startLineProcess(command);
  await program.line('ready');
  return program;
}

/** Ends with stdin. A trapped signal interrupts `read`, which looks like the end but for the flag. */
export const READ_TO_THE_END = 'while trapped=; read -r _ || [ "$trapped" ]; do :; done';

/**
 * A shell that takes a signal by `trap`, also one that Node cannot take (the real-time ones). An
 * empty action ignores the signal.
 */
export function shellCommand(trap: { signal: number; action: string }): string[] {
  const action = trap.action === '' ? '' : `${trap.action}; trapped=1`;
  return ['/bin/sh', '-c', `trap '${action}' ${trap.signal}; echo ready; ${READ_TO_THE_END}`];
}

let count = 0;

/** A process name that nothing else on the machine has, short enough for the kernel. */
export function uniqueName(prefix = 'app'): string {
  count += 1;
  return `${prefix}-${process.pid}-${count}`.slice(0, 15);
}
