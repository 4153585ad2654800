import type { Failure } from '../outcome.ts';
import type { Told } from '../rule/gate.ts';
import { announce } from './announce.ts';
import { createMutate, type HandInput } from './hand.ts';
import { stageMs, stagesOf } from './pace.ts';
import type { Verdict } from './record.ts';
import { approve, isActive, pass, reject, verdictOn } from './turn.ts';
import { revertCommand } from './words.ts';

/** A third of the time after which somebody else takes over. */
const RENEW_MS = 10_000;

/** What this pod has to tell the others of one content. Each of these ends only when it is done. */
export type Lead = {
  /** Lets the others know that it is still at it, as long as it is. */
  renew: (signal: AbortSignal) => Promise<void>;
  /** Gives the first turn back: another pod is to take it. */
  release: (signal: AbortSignal) => Promise<void>;
  /** What came of an attempt: that it has gone well is said after it has done so for a while. */
  conclude: (told: Told, signal: AbortSignal) => Promise<void>;
  announce: (verdict: Verdict | undefined, signal: AbortSignal) => Promise<void>;
};

/** How this pod stands to the content. */
export type Standing = {
  /** The wave is in its hands. */
  leads: boolean;
  /** It has said that it went wrong. */
  rejected: boolean;
  /** It had rejected the content before this one. */
  clears: boolean;
};

export type LeadInput = HandInput & {
  /** The wave is in the hands of this pod from now on, and is to be renewed. */
  keep: () => void;
};

export function createLead(input: LeadInput, hash: string, standing: Standing): Lead {
  const { rule, clock, events, podName, soakMs, splayMs } = input;
  const mutate = createMutate(input, hash);
  const who = (id: string): { hash: string; me: string; at: string } => {
    return { hash: id, me: podName, at: new Date(clock.now()).toISOString() };
  };

  const tell: Lead['announce'] = async (verdict, signal) => {
    const crew = await input.crew(signal);
    const remedy = revertCommand(crew.place);
    if (verdict !== undefined) {
      const { hash: id, by, outcome = '', reason = '' } = verdict;
      const why = `${outcome}: ${reason}`;
      events.emit('wave', { rule, stage: 'rejected', hash: id, by, reason: why, remedy });
    }
    await announce({ ...input, ...crew }, { rule, verdict, remedy }, signal);
  };

  const sayBad = async (failure: Failure, signal: AbortSignal): Promise<void> => {
    if (standing.rejected) return;
    let verdict: Verdict | undefined;
    const isWritten = await mutate(({ id, wave }) => {
      const isSame = wave?.now.hash === id;
      // Said already, or others are at newer content.
      if (wave && (isSame ? wave.now.state === 'bad' : isActive(wave))) return undefined;
      const next = reject(wave, who(id), failure);
      verdict = verdictOn(next, id);
      return { wave: next, holds: false };
    }, signal);
    standing.leads = false;
    standing.rejected = true;
    if (isWritten) await tell(verdict, signal);
  };

  /** The next part of the pods, and then the next, as long as nobody objects. */
  const open = async (signal: AbortSignal): Promise<void> => {
    const { fleet } = await input.crew(signal);
    const stages = stagesOf(input.sizes, fleet.replicas);
    for (;;) {
      const takesBack = standing.rejected;
      let opened = { id: '', part: 1, after: 0, wasBad: false };
      const isWritten = await mutate(({ id, wave, isOurs }) => {
        const isOwn = takesBack && wave?.now.hash === id && wave.now.by === podName;
        if (wave === undefined || !(isOurs || isOwn)) return undefined;
        const next = approve(wave, who(id), stages);
        const wasBad = isOwn || wave.past.some(({ state }) => state === 'bad');
        opened = { id, part: next.now.open, after: wave.now.open, wasBad };
        return { wave: next, holds: next.now.open < 1 };
      }, signal);
      const { id, part, after, wasBad } = opened;
      if (!isWritten || part >= 1) standing.leads = false;
      if (!isWritten) return;
      standing.rejected = false;
      if (part < 1) input.keep();
      const stage = part < 1 ? 'opened' : 'good';
      events.emit('wave', { rule, stage, hash: id, by: podName, open: part });
      if (wasBad && (takesBack || after === 0)) await tell(undefined, signal);
      if (part >= 1) return;
      await clock.sleep(stageMs(fleet.replicas, { soakMs, splayMs }), signal);
    }
  };

  return {
    announce: tell,
    renew: async (signal) => {
      while (standing.leads) {
        await clock.sleep(RENEW_MS, signal);
        if (!standing.leads) return;
        const isHeld = await mutate(
          ({ wave, isOurs }) => (wave && isOurs ? { wave, holds: true } : undefined),
          signal,
        );
        // Somebody else has taken it, or rejected it.
        if (!isHeld) standing.leads = false;
      }
    },
    release: async (signal) => {
      standing.leads = false;
      await mutate(
        ({ wave, isOurs }) =>
          wave && isOurs ? { wave: pass(wave, podName), holds: false } : undefined,
        signal,
      );
    },
    conclude: async ({ request, failure }, signal) => {
      if (failure !== undefined) return await sayBad(failure, signal);
      const sick = soakMs === 0 ? undefined : await input.soak(request, signal);
      if (sick) return await sayBad(sick, signal);
      if (standing.leads || standing.rejected) await open(signal);
      else if (standing.clears) await tell(undefined, signal);
      return undefined;
    },
  };
}
