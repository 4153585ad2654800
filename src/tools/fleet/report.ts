import { parseList } from '../../config/parse.ts';
import { sourceKey, sourcesOfVolume, unique } from '../../kubernetes/sources.ts';
import type { Pod } from '../../kubernetes/types.ts';
import type { SourceObjects } from '../../kubernetes/volume-keys.ts';
import { lastWrittenMs } from '../../kubernetes/watched-object.ts';
import type { Sidecar } from '../ask/sidecar.ts';
import { findWritten } from '../ask/written.ts';
import type { Answer, CanaryAnswer, RuleAnswer } from './answer.ts';
import { judgeMount, type MountReport } from './judge.ts';
import { volumesOf } from './objects.ts';

export type RuleReport = Pick<
  RuleAnswer,
  'state' | 'last' | 'reloadedMs' | 'reason' | 'remedy' | 'nextRetryMs'
> & {
  rule: string;
  canary?: CanaryAnswer;
  mounts: readonly MountReport[];
};

/** What is known of a pod. */
export type PodReport = {
  namespace: string;
  name: string;
  ageMs: number;
  rehup: { container: string; version: string; startedMs: number; aheadMs: number } | undefined;
  /** - `current`: the app has what the objects hold. */
  state: 'current' | 'behind' | 'pending' | 'unknown' | 'no-rehup' | 'not-asked';
  reason?: string;
  remedy?: string;
  rules: readonly RuleReport[];
};

/** What a pod was asked, and what came of it. */
export type Visit = {
  pod: Pod;
  sidecar: Sidecar | undefined;
  answer?: Answer;
  /** Why it was not answered. */
  problem?: { message: string; remedy?: string };
};

export type Against = {
  objects: SourceObjects;
  /** What hashes of Secrets are compared by. */
  key: string;
  /** Now, by the clock here. */
  nowMs: number;
};

/** How a pod stands to the objects. */
export async function reportPod(
  visit: Visit,
  { objects, key, nowMs }: Against,
): Promise<PodReport> {
  const { pod, sidecar, answer, problem } = visit;
  const { name, namespace = '', creationTimestamp = '' } = pod.metadata;
  const createdMs = Date.parse(creationTimestamp);
  const common = {
    namespace,
    name,
    ageMs: Number.isFinite(createdMs) ? Math.max(0, nowMs - createdMs) : 0,
    rehup: undefined,
    rules: [],
  };
  if (sidecar === undefined)
    return { ...common, state: 'no-rehup', reason: describeBare(pod, objects) };
  if (answer === undefined) {
    const { message = 'it was not asked', remedy } = problem ?? {};
    return {
      ...common,
      state: 'not-asked',
      reason: message,
      ...(remedy !== undefined && { remedy }),
    };
  }
  const watched = watchedBy(sidecar);
  const rules: RuleReport[] = [];
  for (const rule of answer.rules) {
    const mounts: MountReport[] = [];
    for (const mount of rule.mounts) {
      const input = { pod, container: sidecar.container, rule, mount, objects, watched, key };
      mounts.push(await judgeMount({ ...input, nowMs: answer.nowMs }));
    }
    const { name: ruleName, state, last, reloadedMs, reason, remedy, nextRetryMs, canary } = rule;
    const told = { state, last, reloadedMs, reason, remedy, nextRetryMs };
    rules.push({ rule: ruleName, ...told, ...(canary && { canary }), mounts });
  }
  const { version, startedMs } = answer;
  const rehup = { container: sidecar.container, version, startedMs, aheadMs: answer.nowMs - nowMs };
  return { ...common, rehup, rules, ...summarize(rules) };
}

function summarize(rules: readonly RuleReport[]): Pick<PodReport, 'state' | 'reason' | 'remedy'> {
  const all = rules.flatMap(({ mounts }) => mounts);
  if (all.length === 0) return { state: 'pending', reason: 'nothing is watched yet' };
  const pending = rules.find(({ state, mounts }) => state === 'pending' || mounts.some(isHeldBack));
  const behind = all.find(({ isMounted }) => isMounted === false);
  // What no object is behind, as an emptyDir, can only be compared with itself.
  const unknown = all.find(({ isLoaded, objects }) => isLoaded === 'unknown' && objects.length > 0);
  if (pending?.state === 'pending') {
    const { reason = 'the reload failed', remedy } = pending;
    return { state: 'pending', reason, ...(remedy !== undefined && { remedy }) };
  }
  if (behind)
    return { state: 'behind', reason: behind.why ?? 'the kubelet has not brought it yet' };
  if (pending?.canary && isRefused(pending)) {
    const { reason, remedy } = pending.canary;
    return { state: 'pending', reason, ...(remedy !== undefined && { remedy }) };
  }
  if (pending) return { state: 'pending', reason: describeWaiting(pending) };
  if (unknown) return { state: 'unknown', reason: unknown.why ?? '' };
  return { state: 'current' };
}

/** Of two sources, the next one was refused: the pod goes on with the other one. */
export function isRefused({ canary }: RuleReport): boolean {
  return canary?.why === 'refused';
}

function isHeldBack({ isMounted, isLoaded }: MountReport): boolean {
  return isMounted === true && isLoaded === false;
}

function describeWaiting({ state }: RuleReport): string {
  return state === 'dry-run' ? 'a dry run: the app was not told' : 'the reload is under way';
}

/** Of an app without rehup. */
function describeBare(pod: Pod, objects: SourceObjects): string {
  const sources = unique(volumesOf(pod).flatMap(sourcesOfVolume));
  if (sources.length === 0) return 'no rehup in it, and it mounts no ConfigMap or Secret';
  const names = sources.map((source) => sourceKey(source).toLowerCase()).join(', ');
  const startedMs = Date.parse(pod.status?.startTime ?? '') || 0;
  const changed = sources.filter((source) => {
    const object = objects.get(sourceKey(source));
    return object !== undefined && lastWrittenMs(object.metadata) > startedMs;
  });
  const about =
    changed.length === 0
      ? 'it started after the last change of them, and has read it'
      : `it started before the last change of ${changed.map((one) => sourceKey(one).toLowerCase()).join(', ')}: whether the app has read that cannot be known`;
  return `no rehup in it; it mounts ${names}; ${about}`;
}

function watchedBy(sidecar: Sidecar): string[] {
  const value = findWritten(sidecar, { flag: '--watch', variable: 'REHUP_WATCH' }) ?? '';
  return value === '' || value === 'auto' ? [] : parseList(value);
}
