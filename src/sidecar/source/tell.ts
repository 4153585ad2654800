import type { EventBus } from '../events.ts';
import type { Plan, Refused } from './plan.ts';

/** Tells what was delivered, and of each key that was not, once until that is over. */
export function createTelling(
  events: EventBus,
  { rule, directory }: { rule: string; directory: string },
): (plan: Plan, tookMs: number) => void {
  let told = new Set<string>();
  return ({ files, refused, objects }, tookMs) => {
    const lines = new Map(refused.map((one) => [lineOf(one), one]));
    for (const [line, one] of lines) if (!told.has(line)) events.emit('source-refused', one);
    told = new Set(lines.keys());
    events.emit('source-delivered', {
      rule,
      directory,
      objects,
      files: files.length,
      refused: refused.length,
      tookMs,
    });
  };
}

function lineOf({ object, key, reason }: Refused): string {
  return `${object}\0${key}\0${reason}`;
}
