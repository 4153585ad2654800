import { SwappedWhileReading } from '../mount/swapped.ts';
import { explainPublish } from '../publish/explain.ts';
import { openPublisher, type Publisher, type Shown } from '../publish/publisher.ts';
import type { Process } from '../target/processes.ts';
import type { Attempted, AttemptInput, AttemptParts, MovedOn } from './attempt.ts';
import { stillRefused } from './held.ts';
import type { Published, Publishing } from './published.ts';
import { proveByLife, wasProved } from './prove-by-life.ts';
import { createPrepare } from './prepare.ts';
import type { PublishingParts } from './publishing-parts.ts';
import { completeShown } from './complete.ts';
import { withFirstStart } from './first-start.ts';
import { adoptKept, generationOf, type StagedKept } from './start-from-kept.ts';
import { createRefresh } from './refresh.ts';
import { staysBack, tell } from './tell.ts';

/** The first look comes soon; an app that never comes is not worth many. */
const FIRST_LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Between the sources and the app: stage, validate, flip, tell, prove, or flip back. What is acted on
 * and proved is the content that is shown, not that of the sources.
 */
export function createPublishing(parts: PublishingParts): Publishing & Published {
  const { settings, clock, formOf, onShown, keeper } = parts;
  let opened: Publisher | undefined;
  let pauseMs = FIRST_LOOK_MS;
  let hasShown = false;
  const say = (publisher: Publisher): void => {
    const shown = publisher.shown();
    if (shown === undefined) return;
    hasShown = true;
    const { name: generation, proved, kept } = shown;
    const hashes = { shown: shown.hash, lastGood: publisher.lastGood()?.hash };
    onShown({ generation, proved, hashes, ...(kept && { kept }) });
    const isToKeep = proved && kept === undefined && shown.invalid !== true;
    if (isToKeep) keeper?.keep({ ...shown, place: publisher.place(generation) });
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
  /** Content that was taken back, since no app was seen with it. If none comes with the other either, it has its turn again. */
  let away: { hash: string; untilMs: number } | undefined;
  const isOpen = (): boolean => {
    const shown = look();
    return shown === undefined ? hasShown : !shown.proved;
  };

  const prepare = createPrepare(parts);
  const bringOut = async (
    publisher: Publisher,
    input: AttemptInput,
    rule: AttemptParts,
    how: { signal: AbortSignal; letThrough: boolean },
  ): Promise<Attempted | undefined> => {
    const refused = publisher.refused();
    if (refused?.hash === input.hash && !input.force) {
      return { failure: stillRefused(refused.reason), targets: [] };
    }
    const isBack = away?.hash === input.hash && clock.elapsed() < away.untilMs && !input.force;
    const waiting = isBack ? staysBack(rule, input) : undefined;
    if (waiting) return waiting;
    await proveByLife(publisher, rule, input, settings);
    const isNext = parts.pick?.(input.snapshots).isNext;
    if (isNext === false && wasProved(publisher, input, settings) && !rule.dryRun) {
      publisher.showLastGood();
      say(publisher);
      return undefined;
    }
    const prepared = await prepare(publisher, input, how);
    if ('outcome' in prepared) return { failure: prepared, targets: [] };
    const { staged, invalid } = prepared;
    if (rule.dryRun) {
      publisher.discard(staged);
      return { outcome: 'dry-run', targets: [] };
    }
    const mountHashes = [...input.snapshots].map(([path, { hash }]) => [path, hash]);
    const content = { hash: input.hash, mounts: Object.fromEntries(mountHashes) };
    publisher.flip(staged, { ...content, ...(invalid && { invalid }), ...(isNext && { isNext }) });
    pauseMs = FIRST_LOOK_MS;
    say(publisher);
    return undefined;
  };

  const keptParts = keeper && { ...parts, keeper };
  /** Has the app of what is shown told, and remembers who took it. */
  const tellOf = async (
    publisher: Publisher,
    isNew: boolean,
    ...[rule, input, ends]: Parameters<Publishing['attempt']>
  ): Promise<Attempted> => {
    const awayMs = settings.restartTimeout;
    const onBack = (targets: readonly Process[]): void => {
      back = { hash: publisher.shown()?.hash ?? '', targets };
    };
    const onTakenBack = (hash: string): void => {
      away = { hash, untilMs: clock.elapsed() + awayMs };
    };
    const findGood =
      keptParts &&
      (async () => {
        await adoptKept(keptParts, publisher, input, ends.soon);
      });
    const telling = { rule, publisher, isNew, awayMs, onTakenBack, onBack, findGood };
    const told = await tell(telling, input, ends);
    say(publisher);
    return told;
  };

  const complete: Publishing['complete'] = async (rule, input, ends) => {
    const shown = look();
    if (shown === undefined || shown.hash === input.hash || rule.dryRun) return undefined;
    const tellOfShown = async (hash: string): Promise<Attempted> => {
      back = undefined;
      return await tellOf(open(), false, rule, { ...input, changes: new Map(), hash }, ends);
    };
    const completing = { shown, tellOfShown, directory: settings.publish };
    return await completeShown(rule, completing, input, ends);
  };

  const attemptSources = async (
    letThrough: boolean,
    ...[rule, input, ends]: Parameters<Publishing['attempt']>
  ): Promise<Attempted | MovedOn> => {
    try {
      const publisher = open();
      const isOut = publisher.shown()?.hash === input.hash;
      if (!isOut && input.lookOnly) return { failure: input.lookOnly, targets: [] };
      const how = { signal: ends.soon, letThrough };
      const ended = isOut ? undefined : await bringOut(publisher, input, rule, how);
      if (ended) return ended;
      if (isOut) publisher.own();
      if (isOut && back?.hash === input.hash && !input.force) {
        return { outcome: 'already-current', targets: back.targets };
      }
      back = undefined;
      return await tellOf(publisher, !isOut, rule, input, ends);
    } catch (error) {
      ends.soon.throwIfAborted();
      if (error instanceof SwappedWhileReading && (await input.hasMoved())) {
        return { movedOn: true };
      }
      return { failure: explainPublish(error, settings.publish), targets: [] };
    }
  };

  const showKept = async (
    staged: StagedKept,
    ...[rule, input, ends]: Parameters<Publishing['attempt']>
  ): Promise<Attempted> => {
    const publisher = open();
    publisher.flip(staged.name, generationOf(staged));
    // By the app of another pod.
    await publisher.prove();
    say(publisher);
    const { hash } = staged.kept;
    const about = { ...input, hash, known: new Map(), force: false };
    const told = await tellOf(publisher, true, rule, about, ends);
    if (!('failure' in told)) back = { hash, targets: [...told.targets, ...(told.current ?? [])] };
    return told;
  };

  const attempt: Publishing['attempt'] =
    keptParts === undefined
      ? async (...args) => await attemptSources(settings.first === 'publish', ...args)
      : withFirstStart({ parts: keptParts, open, look, attemptSources, showKept });

  return {
    attempt,
    refresh: createRefresh({ settings, open, prepare, say }),
    complete,
    isBehind: (hash) => look()?.hash !== hash,
    isOpen,
    hasPublished: () => look() !== undefined,
    hasGood: () => look()?.proved === true || opened?.lastGood() !== undefined,
    refused: () => (look(), [opened?.refusedNext() ?? [], opened?.refused() ?? []].flat()),
    refuseNext: (refused) => open().refuseNext(refused),
    forgive: () => open().forgive(),
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
