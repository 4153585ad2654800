import type { Current, RuleWave, Verdict } from './record.ts';

/** What can happen to the wave of a rule. Each function is one of these, and returns the wave after it. */
type Who = { hash: string; me: string; at: string };

/** Verdicts on earlier content: a revert is to find the one on what it brings back. */
const KEPT_VERDICTS = 4;

/** Whoever never comes back may have been ended by the content. */
export const MOST_TRIES = 3;

const LONGEST_REASON = 300;

/** This pod is the next to take it. */
export function take(before: RuleWave | undefined, { hash, me, at }: Who): RuleWave {
  if (before?.now.hash === hash) {
    const tries = [...before.now.tries.filter((pod) => pod !== me), me].slice(-MOST_TRIES);
    return { ...before, now: { ...before.now, by: me, at, tries } };
  }
  const now: Current = { hash, state: 'trying', open: 0, by: me, at, tries: [me] };
  return { now, past: pastOn(before, hash) };
}

/** It could not act, for reasons of its own: the next one is to try. */
export function pass(before: RuleWave, me: string): RuleWave {
  const tries = before.now.tries.filter((pod) => pod !== me);
  return { ...before, now: { ...before.now, tries } };
}

/** It has gone wrong here. */
export function reject(
  before: RuleWave | undefined,
  { hash, me, at }: Who,
  { outcome, reason }: { outcome: string; reason: string },
): RuleWave {
  const open = before?.now.hash === hash ? before.now.open : 0;
  const short = reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason;
  const now: Current = { hash, state: 'bad', open, by: me, at, tries: [], outcome, reason: short };
  return { now, past: pastOn(before, hash) };
}

/** It has gone well here: the next part of the pods follows. */
export function approve(
  before: RuleWave,
  { me, at }: Omit<Who, 'hash'>,
  stages: readonly number[],
): RuleWave {
  const { hash, open } = before.now;
  const next = stages.find((part) => part > open) ?? 1;
  return { ...before, now: { hash, state: 'good', open: next, by: me, at, tries: [] } };
}

/** A wave is under way, in the hands of the pod that it names. */
export function isActive({ now }: RuleWave): boolean {
  return now.state === 'trying' || (now.state === 'good' && now.open < 1);
}

export function verdictOn(wave: RuleWave | undefined, hash: string): Verdict | undefined {
  return pastOf(wave).find((verdict) => verdict.hash === hash);
}

/** The verdicts on all other content. */
function pastOn(before: RuleWave | undefined, hash: string): Verdict[] {
  return pastOf(before).filter((verdict) => verdict.hash !== hash);
}

function pastOf(wave: RuleWave | undefined): Verdict[] {
  if (wave === undefined) return [];
  const { state, open: _, tries: __, ...said } = wave.now;
  const last = state === 'trying' ? [] : [{ ...said, state }];
  const earlier = wave.past.filter(({ hash }) => hash !== wave.now.hash);
  return [...last, ...earlier].slice(0, KEPT_VERDICTS);
}
