import type { Failure } from '../outcome.ts';
import { makeContent } from '../publish/make.ts';
import type { Publisher } from '../publish/publisher.ts';
import { stageSources } from '../publish/stage.ts';
import { validateStaged } from '../publish/validate.ts';
import { writeEnv } from '../publish/write-env.ts';
import type { AttemptInput } from './attempt.ts';
import { held, notRead } from './held.ts';
import type { PublishingParts } from './publishing-parts.ts';

/** A generation that may be shown. `invalid`: it was let through all the same. */
export type Prepared = { staged: string; invalid: boolean };

/** Brings what was read of the sources into the published directory, unseen, or says why it may not be shown. */
export type Prepare = (
  publisher: Publisher,
  input: Pick<AttemptInput, 'snapshots' | 'changes' | 'hash'>,
  how: { signal: AbortSignal; letThrough: boolean },
) => Promise<Prepared | Failure>;

/** Stage, fill in or render, validate. */
export function createPrepare(parts: PublishingParts): Prepare {
  const { settings, clock, formOf, keeper } = parts;
  const laterWins = settings.merge === 'later';
  const isWritten = settings.render !== undefined;
  return async (publisher, input, { signal, letThrough }) => {
    const picked = parts.pick?.(input.snapshots) ?? { ...parts, snapshots: input.snapshots };
    const { mounts, snapshots } = picked;
    const missing = mounts.find(({ path }) => !snapshots.has(path));
    if (missing) return notRead(missing);
    const wanted = { ...picked, counts: parts.counts, laterWins, isWritten };
    const copied = await stageSources(publisher, wanted, clock, signal);
    const staged = await makeContent(publisher, copied, parts, input, signal);
    const isFirst = publisher.shown() === undefined;
    // What becomes of the first start is said once that is known.
    const hold = (failure: Failure): Failure =>
      keeper && isFirst ? { ...failure, outcome: 'held' } : held(failure, publisher.shown());
    if (typeof staged !== 'string') return staged.outcome === 'held' ? hold(staged) : staged;
    const place = publisher.place(staged);
    const failure = await validateStaged(place, { ...parts, mounts }, input, signal);
    const isInvalid = failure?.outcome === 'invalid';
    if (failure === undefined || (isInvalid && letThrough && isFirst)) {
      return { staged: writeEnv(publisher, staged, formOf), invalid: isInvalid };
    }
    publisher.discard(staged);
    return isInvalid ? hold(failure) : failure;
  };
}
