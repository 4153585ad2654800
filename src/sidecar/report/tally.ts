import type { Decision, EventBus, Events, RulePreview } from '../events.ts';
import { isSettled, isTaken } from '../outcome.ts';
import type { ShowHash } from './hashes.ts';

type Labels = Readonly<Record<string, string>>;
type Observation = { metric: 'duration' | 'swapToReload'; labels: Labels; seconds: number };

/** A gauge that goes on by itself while an update is awaited. */
export type Lags = { values: () => Iterable<Lag> };

/** `pending`: the kubelet has yet to bring it. */
type Lag = { labels: { mount: string; object: string }; value: number; pending: boolean };

type Counted = Map<string, { labels: Labels; value: number }>;

/**
 * What there is to count, in plain numbers: the metrics library is loaded by the first scrape only,
 * and a sidecar that nobody scrapes never pays for it.
 */
export type Tally = {
  reloads: Counted;
  hints: Counted;
  lastSuccessful: Counted;
  lastSuccessAt: Counted;
  pending: Counted;
  watchMode: Counted;
  target: Counted;
  /** What was read last, and what of that the app has. */
  desiredHash: Counted;
  appliedHash: Counted;
  circuitOpen: Counted;
  publishedHash: Counted;
  /** 1 while content is not let through, and why. */
  held: Counted;
  /** What a rule takes from the API. */
  sourceObjects: Counted;
  /** 1 where what the app has taken is kept beyond the pod, 0 where it could not be. */
  kept: Counted;
  /** 1 while what the app sees was kept by an earlier pod. */
  fromKept: Counted;
  /** Which of two sources this pod has, and for how many percent of the pods next is. */
  canary: Counted;
  canaryPercent: Counted;
  /** 1 or 0, with what stands against it. */
  reloadable: Counted;
  /** Seconds that a mount is, or was at the last update, behind an object; read when scraped. */
  kubeletLag: Lags;
  /** Not yet taken over by the histograms. */
  observations: Observation[];
};

/** Observations kept for a first scrape that may never come. */
const KEPT_OBSERVATIONS = 1000;

export function createTally(): Tally {
  return {
    kubeletLag: { values: () => [] },
    reloads: new Map(),
    hints: new Map(),
    lastSuccessful: new Map(),
    lastSuccessAt: new Map(),
    pending: new Map(),
    watchMode: new Map(),
    target: new Map(),
    desiredHash: new Map(),
    appliedHash: new Map(),
    circuitOpen: new Map(),
    publishedHash: new Map(),
    held: new Map(),
    sourceObjects: new Map(),
    kept: new Map(),
    fromKept: new Map(),
    canary: new Map(),
    canaryPercent: new Map(),
    reloadable: new Map(),
    observations: [],
  };
}

function set(counted: Counted, labels: Labels, value: number): void {
  counted.set(JSON.stringify(labels), { labels, value });
}

function setFirst(counted: Counted, labels: Labels, value: number): void {
  if (!counted.has(JSON.stringify(labels))) set(counted, labels, value);
}

function add(counted: Counted, labels: Labels): void {
  set(counted, labels, (counted.get(JSON.stringify(labels))?.value ?? 0) + 1);
}

/** Replaces the series of one rule or mount, so that old values do not stay beside the new one. */
function replace(counted: Counted, owner: Labels, rest: readonly Labels[], value = 1): void {
  for (const [key, { labels }] of counted) {
    if (Object.entries(owner).every(([name, one]) => labels[name] === one)) counted.delete(key);
  }
  for (const labels of rest) set(counted, { ...owner, ...labels }, value);
}

/** Drops the series of rules and mounts that a new configuration has left out. */
function forgetOthers(tally: Tally, rules: readonly RulePreview[]): void {
  const { lastSuccessful, lastSuccessAt, pending, watchMode, target, appliedHash } = tally;
  const gauges = [lastSuccessful, lastSuccessAt, pending, watchMode, target, appliedHash];
  const { circuitOpen, reloadable, desiredHash, publishedHash, held, sourceObjects } = tally;
  const { canary, canaryPercent } = tally;
  const others = [circuitOpen, reloadable, desiredHash, publishedHash, held, sourceObjects];
  const ofKept = [tally.kept, tally.fromKept];
  const two = [canary, canaryPercent];
  for (const counted of [...gauges, ...others, ...ofKept, ...two]) {
    for (const [key, { labels }] of counted) {
      if (!rules.some((rule) => isOf(rule, labels))) counted.delete(key);
    }
  }
}

function isOf({ rule, mounts }: RulePreview, labels: Labels): boolean {
  const { rule: name, mount } = labels;
  return (name ?? rule) === rule && (mount === undefined || mounts.includes(mount));
}

export function countEvents(
  events: EventBus,
  tally: Tally,
  showHash: ShowHash,
  now: () => number,
): void {
  events.on('hint', ({ source }) => add(tally.hints, { source }));
  events.on('watch-mode', ({ mount, mode }) => replace(tally.watchMode, { mount }, [{ mode }]));
  events.on('watching', ({ rules }) => {
    forgetOthers(tally, rules);
    for (const { rule } of rules) {
      // Nothing has failed yet: an alert on 0 must not fire before the first reload. What has failed
      // under an earlier configuration has not succeeded by a new one.
      setFirst(tally.lastSuccessful, { rule }, 1);
      set(tally.pending, { rule }, 0);
      set(tally.circuitOpen, { rule }, 0);
    }
  });
  events.on('decided', (decision) => {
    const { rule, action, outcome, targets, tookMs, swapToReloadMs, pending } = decision;
    add(tally.reloads, { rule, action, outcome });
    // What failed and was superseded has not succeeded: the attempt that follows decides.
    if (outcome !== 'superseded') {
      set(tally.pending, { rule }, pending ? 1 : 0);
      // Whoever waits for others has not failed.
      if (!decision.waits) set(tally.lastSuccessful, { rule }, isSettled(outcome) ? 1 : 0);
    }
    if (isTaken(outcome)) set(tally.lastSuccessAt, { rule }, now() / 1000);
    if (targets.length > 0) {
      replace(
        tally.target,
        { rule },
        targets.map(({ pid, container }) => ({
          container: container.name ?? '',
          pid: String(pid),
        })),
      );
    }
    if (outcome === 'held' || outcome === 'rolled-back') {
      replace(tally.held, { rule }, [{ reason: reasonOf(decision) }]);
    } else if (isSettled(outcome) && outcome !== 'superseded' && tally.held.size > 0) {
      // What was refused of next is held still, while the other source is taken.
      replace(tally.held, { rule }, hasRefused(tally, rule) ? [{ reason: 'canary' }] : []);
    }
    if (tookMs !== undefined) observe(tally, 'duration', { rule, action }, tookMs);
    if (swapToReloadMs !== undefined) observe(tally, 'swapToReload', { rule }, swapToReloadMs);
  });
  events.on('reloadable', ({ rule, failure }) => {
    replace(tally.reloadable, { rule }, [{ reason: failure?.outcome ?? '' }], failure ? 0 : 1);
  });
  events.on('kept', ({ rule }) => set(tally.kept, { rule }, 1));
  events.on('not-kept', ({ rule }) => set(tally.kept, { rule }, 0));
  events.on('published', ({ rule, hashes, kept }) => {
    if (kept !== undefined || tally.fromKept.size > 0) set(tally.fromKept, { rule }, kept ? 1 : 0);
    replace(tally.publishedHash, { rule }, [{ hash: showHash(hashes.shown, { rule }) }]);
  });
  events.on('source-delivered', ({ rule, objects }) => set(tally.sourceObjects, { rule }, objects));
  events.on('canary', ({ rule, source, why, percent, mounts }) => {
    if (hasRefused(tally, rule)) replace(tally.held, { rule }, []);
    replace(tally.canary, { rule }, [{ source, reason: why }]);
    replace(tally.canaryPercent, { rule }, percent === undefined ? [] : [{}], percent);
    if (why === 'refused') replace(tally.held, { rule }, [{ reason: 'canary' }]);
    // Of the other one, nothing is to be applied.
    const mount = mounts[source === 'next' ? 'stable' : 'next'];
    for (const hashes of [tally.desiredHash, tally.appliedHash]) {
      replace(hashes, { rule, mount }, []);
    }
  });
  events.on('circuit', ({ rule, open }) => set(tally.circuitOpen, { rule }, open ? 1 : 0));
  tally.kubeletLag = followLags(events, now);
  const showHashes =
    (counted: Counted) =>
    ({ rule, snapshots }: Events['applied'][0]): void => {
      for (const [mount, { hash }] of snapshots) {
        replace(counted, { rule, mount }, [{ hash: showHash(hash, { mount }) }]);
      }
    };
  events.on('desired', showHashes(tally.desiredHash));
  events.on('applied', showHashes(tally.appliedHash));
}

function hasRefused({ canary }: Tally, rule: string): boolean {
  return [...canary.values()].some(
    ({ labels }) => labels['rule'] === rule && labels['reason'] === 'refused',
  );
}

/** Why content is held. */
function reasonOf({ outcome, waits }: Decision): string {
  if (outcome !== 'held') return outcome;
  return waits ? 'wave' : 'invalid';
}

function followLags(events: EventBus, now: () => number): Lags {
  const lags = new Map<string, { labels: Lag['labels']; sinceMs?: number; seconds: number }>();
  events.on('kubelet-lag', ({ mount, object, movedAtMs, lagMs, pending }) => {
    const labels = { mount, object };
    const key = JSON.stringify(labels);
    const seconds = lagMs === undefined ? (lags.get(key)?.seconds ?? 0) : lagMs / 1000;
    lags.set(key, { labels, seconds, ...(pending && { sinceMs: movedAtMs }) });
  });
  return {
    values: () =>
      [...lags.values()].map(({ labels, sinceMs, seconds }) => ({
        labels,
        value: sinceMs === undefined ? seconds : Math.max(0, now() - sinceMs) / 1000,
        pending: sinceMs !== undefined,
      })),
  };
}

function observe(tally: Tally, metric: Observation['metric'], labels: Labels, ms: number): void {
  tally.observations.push({ metric, labels, seconds: ms / 1000 });
  if (tally.observations.length > KEPT_OBSERVATIONS) tally.observations.shift();
}
