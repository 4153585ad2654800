import type { Counts } from '../../config/globs.ts';
import type { Settings } from '../../config/options.ts';
import type { Clock } from '../../system/clock.ts';
import type { Mount } from '../mount/mount.ts';
import type { Ends } from '../ends.ts';
import type { PublishedNow } from '../events.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import type { Failure } from '../outcome.ts';
import type { Lookup } from '../publish/expand.ts';
import { explainPublish } from '../publish/explain.ts';
import type { FormOf } from '../publish/forms.ts';
import { openPublisher, type Publisher, type Shown } from '../publish/publisher.ts';
import { makeContent } from '../publish/make.ts';
import { stageSources } from '../publish/stage.ts';
import { validateStaged } from '../publish/validate.ts';
import { writeEnv } from '../publish/write-env.ts';
import { isYoungerThan } from '../target/age.ts';
import type { Process } from '../target/processes.ts';
import type { ValidationParts } from '../validate/create.ts';
import type { Attempted, AttemptInput, AttemptParts, MovedOn } from './attempt.ts';
import type { Publishing } from './published.ts';
import { tell } from './tell.ts';

export type PublishingParts = ValidationParts & {
  clock: Clock;
  settings: Settings & { publish: string };
  /** The sources, in the order in which they are merged. */
  mounts: readonly Mount[];
  counts: Counts;
  /** What keys may refer to. */
  env: Lookup['env'];
  /** Told of what is shown after each change of it. */
  formOf: FormOf;
  onShown: (published: Omit<PublishedNow, 'rule'>) => void;
};

/** The first look comes soon; an app that never comes is not worth many. */
const FIRST_LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Between the sources and the app: stage, validate, flip, tell, prove, or flip back. What is acted on
 * and proved is the content that is shown, not that of the sources.
 */
export function createPublishing(parts: PublishingParts): Publishing {
  const { settings, clock, mounts, formOf, onShown } = parts;
  let opened: Publisher | undefined;
  let pauseMs = FIRST_LOOK_MS;
  const say = (publisher: Publisher): void => {
    const shown = publisher.shown();
    if (shown === undefined) return;
    const { name: generation, proved } = shown;
    const hashes = { shown: shown.hash, lastGood: publisher.lastGood()?.hash };
    onShown({ generation, proved, hashes });
  };
  const open = (): Publisher => {
    if (opened !== undefined) return opened;
    opened = openPublisher(settings.publish, clock, formOf);
    say(opened);
    return opened;
  };
  const look = (): Shown | undefined => {
    try {
      return open().shown();
    } catch {
      // The attempt tells why.
      return undefined;
    }
  };
  /** Who took the last good content again after a failure with another. */
  let back: { hash: string; targets: readonly Process[] } | undefined;
  const isOpen = (): boolean => look()?.proved === false;

  /** An app that started with what is shown, and runs still, has proved it: before it is replaced. */
  const proveByLife = async (
    publisher: Publisher,
    { resolve }: AttemptParts,
    { about }: AttemptInput,
  ): Promise<void> => {
    const shown = publisher.shown();
    const resolution = shown?.proved === false ? resolve(about) : undefined;
    if (shown === undefined || resolution === undefined || 'failure' in resolution) return;
    const { targets } = resolution;
    const bornBeforeMs = clock.uptime() - settings.survive;
    const hasLived = targets.every(
      (target) => isYoungerThan(target, shown.sinceMs) && target.startedMs <= bornBeforeMs,
    );
    if (targets.length > 0 && hasLived) await publisher.prove();
  };

  /** The name of a generation that may be shown, or why there is none. */
  const prepare = async (
    publisher: Publisher,
    input: AttemptInput,
    signal: AbortSignal,
  ): Promise<string | Failure> => {
    const missing = mounts.find(({ path }) => !input.snapshots.has(path));
    if (missing) return notRead(missing);
    const laterWins = settings.merge === 'later';
    const isWritten = settings.render !== undefined;
    const wanted = { ...parts, snapshots: input.snapshots, laterWins, isWritten };
    const copied = await stageSources(publisher, wanted, clock, signal);
    const staged = await makeContent(publisher, copied, parts, input, signal);
    if (typeof staged !== 'string') {
      return staged.outcome === 'held' ? held(staged, publisher.shown()) : staged;
    }
    const invalid = await validateStaged(publisher.place(staged), parts, input, signal);
    const isLetThrough = settings.first === 'publish' && publisher.shown() === undefined;
    if (invalid === undefined || (invalid.outcome === 'invalid' && isLetThrough)) {
      return writeEnv(publisher, staged, formOf);
    }
    publisher.discard(staged);
    return invalid.outcome === 'invalid' ? held(invalid, publisher.shown()) : invalid;
  };

  const bringOut = async (
    publisher: Publisher,
    input: AttemptInput,
    rule: AttemptParts,
    signal: AbortSignal,
  ): Promise<Attempted | undefined> => {
    const refused = publisher.refused();
    if (refused?.hash === input.hash && !input.force) {
      return { failure: stillRefused(refused.reason), targets: [] };
    }
    await proveByLife(publisher, rule, input);
    const staged = await prepare(publisher, input, signal);
    if (typeof staged !== 'string') return { failure: staged, targets: [] };
    if (rule.dryRun) {
      publisher.discard(staged);
      return { outcome: 'dry-run', targets: [] };
    }
    const mountHashes = [...input.snapshots].map(([path, { hash }]) => [path, hash]);
    publisher.flip(staged, { hash: input.hash, mounts: Object.fromEntries(mountHashes) });
    pauseMs = FIRST_LOOK_MS;
    say(publisher);
    return undefined;
  };

  const attempt = async (
    rule: AttemptParts,
    input: AttemptInput,
    ends: Ends,
  ): Promise<Attempted | MovedOn> => {
    try {
      const publisher = open();
      const isOut = publisher.shown()?.hash === input.hash;
      if (!isOut && input.lookOnly) return { failure: input.lookOnly, targets: [] };
      const ended = isOut ? undefined : await bringOut(publisher, input, rule, ends.soon);
      if (ended) return ended;
      if (isOut && back?.hash === input.hash && !input.force) {
        return { outcome: 'already-current', targets: back.targets };
      }
      back = undefined;
      const onBack = (targets: readonly Process[]): void => {
        back = { hash: publisher.shown()?.hash ?? '', targets };
      };
      const told = await tell({ rule, publisher, isNew: !isOut, onBack }, input, ends);
      say(publisher);
      return told;
    } catch (error) {
      ends.soon.throwIfAborted();
      if (error instanceof SwappedWhileReading && (await input.hasMoved())) {
        return { movedOn: true };
      }
      return { failure: explainPublish(error, settings.publish), targets: [] };
    }
  };

  return {
    attempt,
    isBehind: (hash) => look()?.hash !== hash,
    isOpen,
    hasPublished: () => look() !== undefined,
    lookInMs: () => {
      if (!isOpen()) return undefined;
      const now = pauseMs;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      return now;
    },
    applied: () => {
      const shown = look();
      return shown?.proved === true ? { mounts: shown.mounts, targets: undefined } : undefined;
    },
  };
}

function notRead({ path }: Mount): Failure {
  return {
    outcome: 'not-ready',
    reason: `${path} has not been read yet, and is part of what is to be published`,
    remedy: 'see the line "mount cannot be read"',
  };
}

function held({ reason, remedy }: Failure, shown: Shown | undefined): Failure {
  const state =
    shown === undefined
      ? 'nothing is published yet, and rehup is not ready'
      : 'the app keeps what is published, also after a restart';
  return { outcome: 'held', reason: `${reason}; ${state}`, ...(remedy && { remedy }) };
}

function stillRefused(reason: string): Failure {
  return {
    outcome: 'held',
    reason: `the app failed with this content before: ${reason}`,
    remedy: 'correct the content; to try it once more as it is: rehup trigger',
  };
}
