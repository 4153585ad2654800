import type { Settings } from '../../config/options.ts';
import type { Failure } from '../outcome.ts';
import { explainPublish } from '../publish/explain.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { Attempted, MovedOn } from './attempt.ts';
import type { Publishing } from './published.ts';
import { type KeptParts, type StagedKept, startFromKept } from './start-from-kept.ts';

type Attempt = Parameters<Publishing['attempt']>;

export type FirstStartParts = {
  parts: KeptParts & { settings: Pick<Settings, 'first'> };
  open: () => Publisher;
  look: () => unknown;
  /** @param letThrough Invalid content, too, where nothing is published yet. */
  attemptSources: (letThrough: boolean, ...args: Attempt) => Promise<Attempted | MovedOn>;
  showKept: (staged: StagedKept, ...args: Attempt) => Promise<Attempted>;
};

/** How long what was kept is asked for, before the first content is let through, invalid as it is. */
const PATIENCE_MS = 30_000;

/** The attempts of a rule whose last good content is kept beyond the pod: the first one may start from it. */
export function withFirstStart(input: FirstStartParts): Publishing['attempt'] {
  const { parts, open, look, attemptSources, showKept } = input;
  const { settings, clock } = parts;
  let askedSinceMs: number | undefined;
  return async (...args) => {
    const [rule, about, ends] = args;
    const result = await attemptSources(false, ...args);
    if (rule.dryRun || !isHeld(result) || look() !== undefined) return result;
    askedSinceMs ??= clock.elapsed();
    const untilMs = askedSinceMs + PATIENCE_MS;
    try {
      const start = {
        parts,
        publisher: open(),
        held: result.failure,
        show: async (staged: StagedKept) => await showKept(staged, ...args),
        letThrough:
          settings.first === 'publish'
            ? async () => await attemptSources(true, ...args)
            : undefined,
        isPatient: () => clock.elapsed() < untilMs,
      };
      return await startFromKept(start, about, ends);
    } catch (error) {
      ends.soon.throwIfAborted();
      return { failure: explainPublish(error, settings.publish), targets: [] };
    }
  };
}

function isHeld(result: Attempted | MovedOn): result is Attempted & { failure: Failure } {
  return 'failure' in result && result.failure.outcome === 'held';
}
