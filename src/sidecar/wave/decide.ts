import type { RuleWave, Verdict, Waves } from './record.ts';
import { isActive, MOST_TRIES, reject, take, verdictOn } from './turn.ts';

/** What a pod with new content sees when it asks whether it may have it. */
export type Situation = {
  me: string;
  rule: string;
  hash: string;
  /** Where this pod stands among all, 0 to 1. */
  fraction: number;
  /** Who holds the Lease; empty where nobody does. */
  holder: string;
  waves: Waves;
  /** The holder has not been heard of for too long, as seen from here. */
  isExpired: boolean;
  /** This pod could not act a moment ago: others go first. */
  passes: boolean;
  /** Now, as it is written for people. */
  at: string;
};

export type Step =
  /** As what: the wave may be in the hands of this pod, or it may have rejected the content itself. */
  | { do: 'go'; as: 'one' | 'lead' | 'rejecter' }
  /** The first turn, or that of one who has gone, is this pod's, if nobody is faster. */
  | { do: 'take'; next: RuleWave }
  /** Nobody who took it has come back: that is a verdict. */
  | { do: 'reject'; next: RuleWave; verdict: Verdict }
  | { do: 'wait'; why: 'first' | 'stage' | 'other' | 'passed'; by: string; open: number }
  | { do: 'hold'; verdict: Verdict };

/** The next step of a pod. Knows nothing but what it is given, and does nothing. */
export function decide(situation: Situation): Step {
  const { rule, hash, waves, me } = situation;
  const wave = waves.get(rule);
  const verdict = verdictOn(wave, hash);
  if (wave?.now.hash !== hash) {
    if (verdict?.state === 'good') return { do: 'go', as: 'one' };
    if (verdict) return { do: 'hold', verdict };
    return takeIfFree(situation);
  }
  const { state, open, by } = wave.now;
  // It goes on with its retries, and takes it back where one of them succeeds.
  if (by === me && state === 'bad') return { do: 'go', as: 'rejecter' };
  if (verdict?.state === 'bad') return { do: 'hold', verdict };
  if (by === me && situation.holder === me && isActive(wave)) return { do: 'go', as: 'lead' };
  if (state === 'good' && (open >= 1 || situation.fraction < open)) return { do: 'go', as: 'one' };
  if (!isFree(situation)) {
    return { do: 'wait', why: state === 'good' ? 'stage' : 'first', by, open };
  }
  if (state === 'trying' && wave.now.tries.length >= MOST_TRIES) return lost(situation, wave);
  return takeIfFree(situation);
}

function takeIfFree(situation: Situation): Step {
  const { rule, waves, holder, passes } = situation;
  if (!isFree(situation)) return { do: 'wait', why: 'other', by: holder, open: 0 };
  if (passes) return { do: 'wait', why: 'passed', by: '', open: 0 };
  return { do: 'take', next: take(waves.get(rule), situation) };
}

/** A Lease is held as long as a wave of the workload is under way in the hands of its holder. */
function isFree({ holder, me, isExpired, waves }: Situation): boolean {
  if (holder === '' || holder === me || isExpired) return true;
  return ![...waves.values()].some((wave) => isActive(wave) && wave.now.by === holder);
}

function lost(situation: Situation, wave: RuleWave): Step {
  const pods = wave.now.tries.join(', ');
  const reason = `${wave.now.tries.length} pods took it first, and none has told what came of it: ${pods}`;
  // In the name of the last of them: the one that says so has not tried it.
  const { hash, at } = situation;
  const next = reject(wave, { hash, me: wave.now.by, at }, { outcome: 'target-died', reason });
  const { now } = next;
  return { do: 'reject', next, verdict: { ...now, state: 'bad' } };
}
