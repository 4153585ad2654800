import { PERCENT_KEY } from '../../config/canary.ts';
import type { Counts } from '../../config/globs.ts';
import { type Choice, choose, type SourceName } from '../canary/choose.ts';
import { type Percent, readPercent } from '../canary/percent.ts';
import { placeOf } from '../canary/place.ts';
import type { EventBus } from '../events.ts';
import type { Mount } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import type { Refused } from '../publish/state.ts';
import { createSnapshot, type Snapshots } from '../snapshot/snapshot.ts';
import type { Reading, View } from '../snapshot/view.ts';
import { isOfContent } from './plan-retry.ts';
import type { Published, Publishing } from './published.ts';
import type { Picked } from './publishing-parts.ts';
import type { Rule, RuleKnowledge } from './rule.ts';
import { tellOfSource } from './tell-of-source.ts';

export type CanaryParts = {
  rule: string;
  podName: string;
  /** The two sources. */
  mounts: Readonly<Record<SourceName, Mount>>;
  /** Where the rule finds what it is to have, from whichever source: what is published. */
  path: string;
  counts: Counts;
  events: EventBus;
};

/**
 * Two sources, of which the rule is shown one at a time, as if it were the only one: so that a change from
 * one to the other is an update like any other, and none at all where they hold the same. Which one is
 * decided anew at each look; what the pod has refused of the next one is remembered here.
 */
export type Canary = {
  counts: Counts;
  /** For the rule: what it tells is told of the source that it has. */
  events: EventBus;
  pick: (snapshots: Snapshots) => Picked;
  guard: (publishing: Publishing & Published) => Publishing;
  /** The rule, shown one source. */
  around: (rule: Rule) => Rule;
};

type Look = { choice: Choice; percent: Percent; readings: Partial<Record<SourceName, Reading>> };

export function createCanary({ rule: name, podName, ...parts }: CanaryParts): Canary {
  const { mounts, path, events } = parts;
  const place = placeOf(podName);
  const counts: Counts = (mount, key) =>
    mount === path || (key !== PERCENT_KEY && parts.counts(mount, key));
  let published: Published | undefined;
  let last: Look | undefined;
  let said = '';
  /** Also what is invalid, which is not written down: it is cheap to find out again. */
  let refusedNow: Refused | undefined;

  const refusalOf = (hash: string): string | undefined => {
    const all = [refusedNow ?? [], published?.refused() ?? []].flat();
    return all.find((one) => one.hash === hash)?.reason;
  };
  const look = (view: View): Look => {
    const read = (source: SourceName): Reading | undefined => {
      const reading = view.get(mounts[source].path);
      return reading ? countedOnly(reading, mounts[source].path, counts) : last?.readings[source];
    };
    const [stable, next] = [read('stable'), read('next')];
    const percent = readPercent(mounts.next.path);
    const choice = choose({
      place,
      percent,
      hasNext: next !== undefined && next.snapshot.keys.size > 0,
      hasGood: published?.hasGood() === true,
      refused: next && refusalOf(next.snapshot.hash),
    });
    return { choice, percent, readings: { ...(stable && { stable }), ...(next && { next }) } };
  };
  /** What cannot be read now is not shown: the rule keeps what it had. */
  const show = ({ choice: { source }, readings }: Look, view: View): View => {
    const reading = view.has(mounts[source].path) ? readings[source] : undefined;
    return new Map(reading ? [[path, reading]] : []);
  };
  const say = ({ choice, percent }: Look): void => {
    const paths = { stable: mounts.stable.path, next: mounts.next.path };
    const how = typeof percent === 'number' ? { percent } : {};
    const now = { rule: name, ...choice, place, ...how, mounts: paths };
    const text = JSON.stringify(now);
    if (text !== said) events.emit('canary', now);
    said = text;
  };
  const take = (view: View): View => {
    last = look(view);
    say(last);
    return show(last, view);
  };
  const current = (): Mount => mounts[last?.choice.source ?? 'stable'];
  const write = (change: (to: Published) => void): void => {
    try {
      if (published) change(published);
    } catch {
      // The disk is full, say: it is known as long as this process lives.
    }
  };
  const refuse = (hash: string, { outcome, reason }: Failure): void => {
    const refused = { hash, reason: `${outcome}: ${reason}` };
    refusedNow = refused;
    if (outcome === 'rolled-back') write((to) => to.refuseNext(refused));
  };

  return {
    counts,
    events: tellOfSource(events, current, ({ hash }) => refusalOf(hash) !== undefined),
    pick: (snapshots) => {
      const mount = current();
      const snapshot = snapshots.get(path);
      const own = new Map(snapshot && [[mount.path, snapshot]]);
      return {
        mounts: [mount],
        snapshots: own,
        without: PERCENT_KEY,
        isNext: mount === mounts.next,
      };
    },
    guard: (publishing) => {
      published = publishing;
      return {
        ...publishing,
        attempt: async (rule, input, ends) => {
          const isNext = last?.choice.source === 'next';
          const result = await publishing.attempt(rule, input, ends);
          if (isNext && 'failure' in result && isOfContent(result.failure)) {
            refuse(input.hash, result.failure);
          }
          return result;
        },
      };
    },
    around: (rule) => ({
      ...rule,
      begin: (view) => rule.begin(take(view)),
      consider: async (turn, ends) => {
        if (turn.burst.force) {
          refusedNow = undefined;
          write((to) => to.forgive());
        }
        const view = take(turn.view);
        const readAgain = async (signal: AbortSignal): Promise<View> => {
          const again = await turn.readAgain(signal);
          return show(look(again), again);
        };
        const considered = await rule.consider({ ...turn, view, readAgain }, ends);
        const source = look(turn.view).choice.source;
        return source === last?.choice.source ? considered : { ...considered, retryInMs: 0 };
      },
      inspect: () => (last ? describe(rule.inspect(), last, parts) : rule.inspect()),
    }),
  };
}

function countedOnly(reading: Reading, path: string, counts: Counts): Reading {
  const { snapshot } = reading;
  const keys = [...snapshot.keys].filter(([key]) => counts(path, key));
  if (keys.length === snapshot.keys.size) return reading;
  return { ...reading, snapshot: createSnapshot(new Map(keys), snapshot.swappedAtMs, snapshot) };
}

/** Both sources, as they are: what the app has is that of one of them, and nothing waits in the other. */
function describe(
  known: RuleKnowledge,
  { choice, readings }: Look,
  { mounts, path }: Pick<CanaryParts, 'mounts' | 'path'>,
): RuleKnowledge {
  const { content, ledger } = known;
  if (content === undefined) return known;
  const names = ['stable', 'next'] as const;
  const snapshots = new Map(
    names.flatMap((name) => {
      const snapshot = readings[name]?.snapshot;
      return snapshot ? [[mounts[name].path, snapshot] as const] : [];
    }),
  );
  const mount = mounts[choice.source].path;
  const applied = new Map(snapshots);
  applied.delete(mount);
  const has = ledger.applied.get(path);
  if (has) applied.set(mount, has);
  return { content: { ...content, snapshots }, ledger: { ...ledger, applied } };
}
