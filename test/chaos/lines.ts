import { type Incarnation, uptimeMs } from './records.ts';
import type { LogLine } from '../support/start-rehup.ts';

/** Outcomes that follow an action: in all others, nobody was signalled. */
const ACTED: readonly (string | undefined)[] = ['reloaded', 'target-died', 'unverified'];

export function isAct({ outcome }: LogLine): boolean {
  return ACTED.includes(outcome);
}

export function isActOn(line: LogLine, { pid }: Incarnation): boolean {
  return isAct(line) && targetsOf(line).some((target) => pidOf(target) === pid);
}

export function targetsOf({ target, msg }: LogLine): string[] {
  // What a line tells at the start is only a look.
  return msg === 'watching' ? [] : [target ?? []].flat();
}

/** `app/sh (12)` */
export function pidOf(target: string): number {
  return Number(/\((\d+)\)$/.exec(target)?.[1]);
}

/** When it was told, in milliseconds since boot, unless the clock was stepped. */
export function toldAt({ time }: LogLine): number {
  return Date.parse(time) - (Date.now() - uptimeMs());
}
