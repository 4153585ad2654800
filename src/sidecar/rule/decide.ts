import type { Failure } from '../outcome.ts';
import { type Burst, isNews } from '../settle.ts';
import { type Changes, diffSnapshots } from '../snapshot/diff.ts';
import type { Content } from './content.ts';
import { isSettledOn } from './ledger.ts';
import type { Knowledge } from './knowledge.ts';

/** The content that a decision is about. */
export type About = {
  /** What differs from the content applied last; empty where that is not known. */
  changes: Changes;
  hash: string;
};

/** What follows from what is known. */
export type Step =
  /** The app has what is there; worth saying where something moved. */
  | { do: 'rest'; say: 'unchanged' | 'filtered' | undefined }
  /** Nothing can be read; to be said to whoever asked for a reload. */
  | { do: 'refuse'; say: boolean }
  /** An attempt has failed, and the next one is not due yet. */
  | { do: 'wait' }
  /** @property lookOnly No further attempt: only look whether the app has got the content by now. */
  | { do: 'attempt'; isUpdate: boolean; lookOnly: Failure | undefined };

export type Situation = {
  knowledge: Knowledge & { content: Content };
  /** The content before this look. */
  before: Content | undefined;
  burst: Burst;
  /** At least one mount of the rule can be read. */
  isReadable: boolean;
  /** On `Clock.elapsed`. */
  nowMs: number;
};

/** The next step of a rule. Knows nothing but what it is given, and does nothing. */
export function decide({ knowledge, before, burst, isReadable, nowMs }: Situation): Step {
  const { content, ledger } = knowledge;
  const { pending } = ledger;
  if (isSettledOn(ledger, content) && !burst.force) {
    const outcome = before?.rawHash === content.rawHash ? 'unchanged' : 'filtered';
    return { do: 'rest', say: isNews(burst) ? outcome : undefined };
  }
  // What cannot be read here is likely gone for the app as well: a reload would break it.
  if (!isReadable) return { do: 'refuse', say: burst.force };
  if (!burst.force && nowMs < (pending?.retryAtMs ?? 0)) return { do: 'wait' };
  const { changes } = aboutOf(knowledge);
  return {
    do: 'attempt',
    isUpdate: changes.size > 0 && before?.hash !== content.hash,
    lookOnly: burst.force ? undefined : pending?.givenUp,
  };
}

export function aboutOf({ content, ledger }: Situation['knowledge']): About {
  return { changes: diffSnapshots(ledger.applied, content.snapshots), hash: content.hash };
}

/** What is said where it refuses. */
export const nothingReadable = {
  reason: 'no mount of this rule can be read now',
  remedy: 'see the line "mount cannot be read"',
};
