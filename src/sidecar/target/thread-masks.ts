import { constants } from 'node:os';
import { hasSignal } from '../../system/proc/status.ts';

/**
 * Who waits for signals has no reason to block this one. Shells and the C library block all for the
 * moment in which they start a program (vfork, posix_spawn): what comes then kills right after it.
 * Others block all in the threads that are not to be disturbed, and leave them to the main thread,
 * whose handlers alone tell what comes of them.
 */
const FAULT = constants.signals.SIGSEGV;

/**
 * The signals that a process waits for, by what each of its threads blocks. What all block is taken by
 * signalfd(2), say. While a thread waits in sigwait(3), the kernel takes out of its mask what it waits
 * for: what all but one block, on purpose, is what that one is there for (BIND's named).
 */
export function combineMasks(masks: readonly bigint[]): bigint {
  if (masks.length === 0) return 0n;
  const all = masks.reduce((common, mask) => common & mask, ~0n);
  const byAll = hasSignal(all, FAULT) ? 0n : all;
  const deliberate = masks.filter((mask) => mask !== 0n && !hasSignal(mask, FAULT));
  if (masks.length < 2) return byAll;
  let byAllButOne = 0n;
  for (const [index] of masks.entries()) {
    const others = masks.filter((_, other) => other !== index);
    if (!others.every((mask) => deliberate.includes(mask))) continue;
    byAllButOne |= others.reduce((common, mask) => common & mask, ~0n);
  }
  return byAll | byAllButOne;
}
