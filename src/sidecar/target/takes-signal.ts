import { hasSignal } from '../../system/proc/status.ts';
import type { Process } from './process.ts';

/**
 * Whether the signal would be taken and not kill: there is a handler (SigCgt), or the threads wait for
 * it. The Go runtime and the JVM catch all signals whether the program cares or not: this is necessary,
 * not sufficient. A thread that waits in sigwait(3) alone cannot be told from one that would die.
 */
export function takesSignal({ status, awaited }: Process, signal: number): boolean {
  return hasSignal(status.signals.caught, signal) || hasSignal(awaited(), signal);
}

/** More handlers than a program would set up for itself: those of a runtime (Go, JVM). */
const MANY_HANDLERS = 25;

export function catchesAll({ status }: Process): boolean {
  const bits = (status.signals.caught ?? 0n).toString(2);
  return bits.replaceAll('0', '').length > MANY_HANDLERS;
}
