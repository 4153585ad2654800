import { PERCENT_KEY } from '../../config/canary.ts';
import type { Percent } from './percent.ts';

export type SourceName = 'stable' | 'next';

/**
 * Why a pod has the source that it has.
 * - `chosen`: next, by its place.
 * - `not-chosen`: stable, by its place.
 * - `no-next`: there is no next content.
 * - `no-percent`, `bad-percent`: for which part of the pods it is, is not said.
 * - `first`: stable comes first, and has not been proved in this pod yet.
 * - `refused`: the next content is invalid, or the app failed with it.
 */
export type Why =
  'chosen' | 'not-chosen' | 'no-next' | 'no-percent' | 'bad-percent' | 'first' | 'refused';

/** Which of the two sources a pod is to have, and why. */
export type Choice = { source: SourceName; why: Why; reason: string; remedy?: string };

/** All that the choice depends on. */
export type Situation = {
  /** Of this pod, 0 to below 100. */
  place: number;
  /** There is a next content: one key of it, at least. */
  hasNext: boolean;
  percent: Percent;
  /** Something has been proved in this pod, to which the app can go back. */
  hasGood: boolean;
  /** Why the next content, as it is now, has been refused in this pod. */
  refused: string | undefined;
};

/** Knows nothing but what it is given. Stable, unless all speaks for the other. */
export function choose({ place, hasNext, percent, hasGood, refused }: Situation): Choice {
  if (!hasNext) return stable('no-next', 'there is no next content');
  if (percent === 'missing') {
    const reason = `the next content has no key ${PERCENT_KEY}, which says for how many percent of the pods it is`;
    return {
      ...stable('no-percent', reason),
      remedy: 'add to the next content: rehup.percent: "10"',
    };
  }
  if (percent === 'invalid') {
    const reason = `the key ${PERCENT_KEY} of the next content is no number from 0 to 100`;
    return {
      ...stable('bad-percent', reason),
      remedy: 'correct it in the next content: rehup.percent: "10"',
    };
  }
  const where = `this pod is at ${showPlace(place)}, and next is for all below ${percent}`;
  if (place >= percent) return stable('not-chosen', where);
  if (refused !== undefined) {
    const remedy =
      'correct the next content; to try it once more as it is in this pod: rehup trigger';
    return {
      ...stable('refused', `the next content was refused in this pod: ${refused}`),
      remedy,
    };
  }
  if (!hasGood) {
    return stable('first', `${where}; stable comes first, and has not been proved here yet`);
  }
  return { source: 'next', why: 'chosen', reason: where };
}

function stable(why: Why, reason: string): Choice {
  return { source: 'stable', why, reason };
}

/** Rounded down: one that is below stays below. */
function showPlace(place: number): string {
  return (Math.floor(100 * place) / 100).toFixed(2);
}
