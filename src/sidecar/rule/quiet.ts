import type { Clock } from '../../system/clock.ts';
import type { Burst } from '../settle.ts';
import type { View } from '../snapshot/view.ts';
import type { Content } from './content.ts';

export type QuietParts = {
  clock: Clock;
  /** The longest time from a change of a mount to the first hint of it, in milliseconds. */
  hintWithinMs: number;
};

/** Until when no mount has moved since its last reading, on `Clock.uptime`. Told of each burst in turn. */
export type QuietTime = (burst: Burst, content: Content, view: View) => number;

export function createQuietTime({ clock, hintWithinMs }: QuietParts): QuietTime {
  /** What moved then could not be read yet. */
  let unreadSinceMs = Number.POSITIVE_INFINITY;
  return (burst, content, view) => {
    const hintedMs = clock.uptime() - (clock.elapsed() - burst.sinceMs);
    const untilMs = Math.min(hintedMs - hintWithinMs, unreadSinceMs);
    const isUnread = [...content.tracked.keys()].some((path) => !view.has(path));
    unreadSinceMs = isUnread ? untilMs : Number.POSITIVE_INFINITY;
    return untilMs;
  };
}
