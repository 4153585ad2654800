// Imported before all that touches the disk: at the step that is asked for, the process is killed before it
// does that, or it fails once. Looks are no steps.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export type How = 'kill' | 'ENOSPC' | 'EACCES';

let step = 0;
let failing: { at: number; how: How } = { at: 0, how: 'kill' };

/** From now on, steps are counted anew. @param at 0: at none of them. */
export function failAt(at: number, how: How): void {
  step = 0;
  failing = { at, how };
}

/** How many there were. */
export function stepsSoFar(): number {
  return step;
}

function meet(name: string): void {
  step += 1;
  if (step !== failing.at) return;
  const { how } = failing;
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`${how} at ${name}`), { code: how, syscall: name });
}

type Operation = (...args: unknown[]) => unknown;

function wrap(name: string, isStep: (args: unknown[]) => boolean = () => true): void {
  const all = fs as unknown as Record<string, Operation>;
  const operation = all[name] as Operation;
  all[name] = (...args) => {
    if (isStep(args)) meet(name);
    return operation(...args);
  };
}

const WRITES = /^(?:w|a|r\+)/;

wrap('openSync', ([, flags = 'r']) => WRITES.test(String(flags)));
for (const name of ['mkdirSync', 'writeSync', 'writeFileSync', 'ftruncateSync']) wrap(name);
for (const name of ['chmodSync', 'fchmodSync', 'linkSync', 'symlinkSync']) wrap(name);
for (const name of ['renameSync', 'unlinkSync', 'rmSync', 'fsync', 'fsyncSync']) wrap(name);
syncBuiltinESMExports();
