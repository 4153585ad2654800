import { identify, mayMeet, type Span, startOf } from '../target/age.ts';
import type { Process } from '../target/processes.ts';

/**
 * Which content each target is known to have, by its identity. Knows no reasons; what is not in here is
 * not known, and the app has to be asked for a reload to make it so.
 */
export type Holdings = ReadonlyMap<string, Holding>;

export type Holding = {
  hash: string;
  /** When it read it, on `Clock.uptime`; `undefined` if that is not known. */
  read: Span | undefined;
};

/** Stands for the app where an action finds no process, and needs none. */
export const NO_PROCESS = 'app';

/** Stands for content that is not there any more: the hash of none. */
export const OTHER_CONTENT = 'other';

type Held = readonly [identity: string, holding: Holding];

/** These were found to have it; they read it when they started, unless it is known better. */
export function foundHolding(
  targets: readonly Process[],
  hash: string,
  before: Holdings,
): readonly Held[] {
  return targets.map((target) => {
    const known = before.get(identify(target));
    return [identify(target), known?.hash === hash ? known : { hash, read: startOf(target) }];
  });
}

export function reloadedAt(targets: readonly Process[], hash: string, read: Span): readonly Held[] {
  return targets.map((target) => [identify(target), { hash, read }]);
}

export function somethingElse(identities: readonly string[]): readonly Held[] {
  return identities.map((one) => [one, { hash: OTHER_CONTENT, read: undefined }]);
}

export function wholeApp(hash: string): readonly Held[] {
  return [[NO_PROCESS, { hash, read: undefined }]];
}

/** Identities of the targets that have this content. */
export function holdersOf(holdings: Holdings, hash: string): string[] {
  return [...holdings].flatMap(([identity, held]) =>
    held.hash === hash && identity !== NO_PROCESS ? [identity] : [],
  );
}

/** These were acted on, and it failed: what they hold is not known any more. */
export function forget(holdings: Holdings, targets: readonly Process[]): Holdings {
  const forgotten = new Set([...targets.map(identify), NO_PROCESS]);
  return new Map([...holdings].filter(([identity]) => !forgotten.has(identity)));
}

/** Without those that may have read other content by themselves, which is there since then. */
export function withoutReadersSince(holdings: Holdings, sinceMs: number, hash: string): Holdings {
  const there = { fromMs: sinceMs, toMs: Number.POSITIVE_INFINITY };
  const stays = ([, held]: Held): boolean =>
    held.hash === hash || held.read === undefined || !mayMeet(held.read, there);
  return new Map([...holdings].filter(stays));
}
