import type { Ends } from '../ends.ts';
import type { Attempted, AttemptInput, AttemptParts, MovedOn } from './attempt.ts';
import type { Refused } from '../publish/state.ts';
import type { Content } from './content.ts';
import type { Knowledge } from './knowledge.ts';
import type { Decision } from '../events.ts';
import type { Holdings } from './holdings.ts';
import type { Applied } from './memory.ts';

/** What publishing changes for a rule: how it attempts, and what it finds at its start. */
export type Publishing = {
  attempt: (parts: AttemptParts, input: AttemptInput, ends: Ends) => Promise<Attempted | MovedOn>;
  /** Where only keys have changed that do not count: they are shown, and nobody is told. Returns what stands against it. */
  refresh: (
    known: Knowledge & { content: Content },
    before: Content | undefined,
    ends: Ends,
  ) => Promise<{ outcome: 'filtered'; reason: string; remedy?: string } | undefined>;
  /**
   * Tells of what is published and proves it, though the sources hold something else that waits or is held.
   * `undefined` where there is nothing to be done.
   */
  complete: (
    parts: AttemptParts,
    input: AttemptInput,
    ends: Ends,
  ) => Promise<Completed | undefined>;
  /** What is published is not this, or nothing is. */
  isBehind: (hash: string) => boolean;
  /** What is published has not been proved yet: no app has run since. Or somebody has removed it. */
  isOpen: () => boolean;
  /** When to look again whether it can be proved, in milliseconds. */
  lookInMs: () => number | undefined;
  hasPublished: () => boolean;
  /** What was published and proved, by this run of rehup or an earlier one. */
  applied: () => Applied | undefined;
};

/** What is written down of what is published, beside the content. */
export type Published = {
  /** Content that the app took is shown, or is there to go back to. */
  hasGood: () => boolean;
  /** What is not let through again. */
  refused: () => readonly Refused[];
  refuseNext: (refused: Refused) => void;
  forgive: () => void;
};

export type Completed = {
  /** Who is known to have what by now. */
  known: Holdings;
  /** `undefined` where nothing has come of it, which was told of before. */
  said:
    (Pick<Decision, 'outcome' | 'changes' | 'hash' | 'targets'> & Partial<Decision>) | undefined;
  acted: boolean;
};
