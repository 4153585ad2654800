import { nameSignal } from '../../config/parse.ts';
import type { Failure } from '../outcome.ts';
import { identify, isYoungerThan, startOf } from '../target/age.ts';
import { describeProcess } from '../target/containers.ts';
import type { Process } from '../target/processes.ts';

/**
 * What is known of a signal that a container's app ended at. A handler in /proc does not tell whether
 * the program cares (the JVM, Go and Ruby have one for every signal), so that this is found out once,
 * and must not be found out at each update: the signal is held once the next run of the app has shown
 * that the content was not at fault, by living on with it.
 */
export type HeldSignal = {
  /** The container that ended, or the program where there is none. */
  container: string;
  /** That run of it. */
  instance: string | undefined;
  signal: number;
  /** The content that it ended with. */
  hash: string;
  /** The first process that was seen after it. */
  successor: string | undefined;
  /** Its next run has lived with that content. */
  held: boolean;
};

/** By containers; at most one for each. */
export type HeldSignals = readonly HeldSignal[];

/** The target ended right after the signal. */
export function remember(
  all: HeldSignals,
  target: Process,
  { signal, hash }: { signal: number; hash: string },
): HeldSignals {
  const before = find(all, target);
  // Asked for once more with content that it had lived on with: it is the signal.
  const again = before?.signal === signal && (before.held || before.successor === identify(target));
  const { instance } = target.container;
  const one = { container: nameOf(target), instance, signal, hash, successor: undefined };
  return [...without(all, target), { ...one, held: again }];
}

export type Meeting = {
  /** All targets that are there now. */
  found: readonly Process[];
  /** The content that is there now, and since when, on `Clock.uptime`. */
  hash: string;
  becameAtMs: number;
  /** On `Clock.uptime`. */
  nowMs: number;
};

/** What the processes that are found later say about the deaths before. */
export function learn(all: HeldSignals, meeting: Meeting): HeldSignals {
  const next = all.flatMap((one) => (one.held ? one : (judge(one, meeting) ?? [])));
  return next.every((one, index) => one === all[index]) && next.length === all.length ? all : next;
}

function judge(one: HeldSignal, { found, hash, ...now }: Meeting): HeldSignal | undefined {
  const process = found.find((candidate) => nameOf(candidate) === one.container);
  if (process === undefined) return hash === one.hash ? one : undefined;
  // It is still the same run of the container: the app replaced itself, which is how some reload.
  const { instance } = process.container;
  if (instance !== undefined && instance === one.instance) return undefined;
  if (hash === one.hash) {
    return one.successor === undefined ? { ...one, successor: identify(process) } : one;
  }
  // Who has started with newer content says nothing about that one.
  if (isYoungerThan(process, now.becameAtMs)) return undefined;
  const isFirst = one.successor === undefined || one.successor === identify(process);
  const isUp = startOf(process).toMs <= now.nowMs;
  return isFirst || isUp ? { ...one, held: true } : undefined;
}

/** The target has taken the signal and lived. */
export function forgive(all: HeldSignals, targets: readonly Process[]): HeldSignals {
  return all.some((one) => targets.some((target) => nameOf(target) === one.container))
    ? all.filter((one) => !targets.some((target) => nameOf(target) === one.container))
    : all;
}

/** Why this signal is not sent to one of these targets. */
export function findHeld(
  all: HeldSignals,
  targets: readonly Process[],
  signal: number,
): Failure | undefined {
  const target = targets.find((one) => {
    const known = find(all, one);
    return known?.held === true && known.signal === signal;
  });
  return target && notSentAgain(target, signal);
}

function notSentAgain(target: Process, signal: number): Failure {
  const name = nameSignal(signal);
  return {
    outcome: 'no-handler',
    check: 'signal-ended-app',
    reason: `${name} ended ${nameOf(target)} when it was sent last, and what has run since, ${describeProcess(target)}, has lived with the content that was new then: it is the signal, which is not sent again`,
    remedy:
      'set REHUP_SIGNAL to the signal that reloads this app (SIGUSR2 for puma), REHUP_URL to reload it by HTTP, or REHUP_RESTART=container if it cannot reload; to try this signal once more: rehup trigger',
  };
}

function find(all: HeldSignals, target: Process): HeldSignal | undefined {
  return all.find(({ container }) => container === nameOf(target));
}

function without(all: HeldSignals, target: Process): HeldSignals {
  return all.filter(({ container }) => container !== nameOf(target));
}

function nameOf({ container, comm }: Process): string {
  return container.name ?? comm;
}
