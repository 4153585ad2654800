import type { Counts } from '../../config/globs.ts';
import type { View } from '../snapshot/view.ts';
import { type Comeback, findComeback } from './comeback.ts';
import { type Content, observe } from './content.ts';
import { emptyLedger, isSettledOn, type Ledger, type Pending, supersede } from './ledger.ts';

/**
 * All that a rule knows: the content that it has read last, what of that the app has (the ledger), and
 * since when something may have moved in a mount that could not be read. Decides what a further view
 * means for that: what it supersedes, and whether content may have been away meanwhile.
 */
export type Knowledge = {
  /** `undefined` before the first look. */
  content: Content | undefined;
  ledger: Ledger;
  /** On `Clock.uptime`; infinite while every mount can be read. */
  unreadSinceMs: number;
};

export const nothingKnown: Knowledge = {
  content: undefined,
  ledger: emptyLedger,
  unreadSinceMs: Number.POSITIVE_INFINITY,
};

export type Seen = {
  /** Of the rule's own mounts. */
  view: View;
  /** Until then no mount had moved, on `Clock.uptime`: a change is hinted at within some time. */
  quietUntilMs: number;
};

export type Learned = {
  knowledge: Knowledge & { content: Content };
  /** What was pending, and is no more: newer content has arrived. */
  superseded: Pending | undefined;
  /** What is applied is there again, or still; it may have been away. */
  comeback: Comeback | undefined;
};

/** Takes in a view. */
export function learn(before: Knowledge, { view, quietUntilMs }: Seen, counts: Counts): Learned {
  const content = observe(before.content, view, counts);
  const { pending } = before.ledger;
  const superseded = pending?.hash === content.hash ? undefined : pending;
  const ledger = superseded ? supersede(before.ledger) : before.ledger;
  // What moved in a mount that could not be read moved at any time since then.
  const sinceMs = Math.min(quietUntilMs, before.unreadSinceMs);
  const isUnread = [...content.tracked.keys()].some((path) => !view.has(path));
  return {
    knowledge: { content, ledger, unreadSinceMs: isUnread ? sinceMs : Number.POSITIVE_INFINITY },
    superseded,
    comeback: isSettledOn(ledger, content)
      ? findComeback(before.content, content, sinceMs)
      : undefined,
  };
}
