import type { Ends } from '../ends.ts';
import { isTaken } from '../outcome.ts';
import { explainPublish } from '../publish/explain.ts';
import type { Shown } from '../publish/publisher.ts';
import type { Attempted, AttemptInput, AttemptParts } from './attempt.ts';
import { forget, foundHolding, reloadedAt } from './holdings.ts';
import type { Completed } from './published.ts';

export type Completing = {
  shown: Pick<Shown, 'hash' | 'proved'>;
  tellOfShown: (hash: string) => Promise<Attempted>;
  /** The published directory. */
  directory: string;
};

/**
 * What is published has yet to be proved while the sources hold something else, which is held, or cannot
 * be published for the moment: it is told of and proved all the same, or taken back. Otherwise the app
 * would go on with what it had, and start anew with what nobody has tried.
 *
 * @returns `undefined` where there is nothing to be done.
 */
export async function completeShown(
  { clock, gate }: AttemptParts,
  { shown, tellOfShown, directory }: Completing,
  input: AttemptInput,
  ends: Ends,
): Promise<Completed | undefined> {
  if (shown.proved) return undefined;
  const { hash } = shown;
  const fromMs = clock.uptime();
  let told: Attempted;
  try {
    told = await tellOfShown(hash);
  } catch (error) {
    ends.soon.throwIfAborted();
    told = { failure: explainPublish(error, directory), targets: [] };
  }
  const changes = new Map();
  const { targets, actedAtMs } = told;
  const acted = actedAtMs !== undefined;
  if (acted) {
    const failure = 'failure' in told ? told.failure : undefined;
    gate?.tell({ request: { changes, hash, targets }, failure, acted });
  }
  const about = { changes, hash, targets, tookMs: clock.uptime() - fromMs };
  if ('failure' in told) {
    const { outcome, reason, remedy } = told.failure;
    const said = { outcome, ...about, reason, ...(remedy !== undefined && { remedy }) };
    const known = acted ? forget(input.known, targets) : input.known;
    return { known, said: acted ? said : undefined, acted };
  }
  const read = { fromMs, toMs: clock.uptime() };
  const { outcome, current = [], silent } = told;
  const holding = [
    ...foundHolding(acted ? current : targets, hash, input.known),
    ...(acted ? reloadedAt(targets, hash, read) : []),
  ];
  const isNews = isTaken(outcome) && silent !== true;
  const known = new Map([...input.known, ...holding]);
  return { known, said: isNews ? { outcome, ...about } : undefined, acted };
}
