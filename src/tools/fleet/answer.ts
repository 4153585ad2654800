import { asList, asRecord, asText, isRecord, type PlainRecord } from '../../system/plain.ts';

/** What a sidecar says of itself (`/status`), as far as a fleet is shown. Times in milliseconds, by its own clock. */
export type Answer = {
  version: string;
  /** When this rehup started. */
  startedMs: number;
  /** When it was asked. */
  nowMs: number;
  rules: readonly RuleAnswer[];
};

export type RuleAnswer = {
  name: string;
  action: string;
  /** `applied`, `dry-run`, `reloading`, `pending`. */
  state: string;
  reason: string | undefined;
  remedy: string | undefined;
  nextRetryMs: number | undefined;
  globs: Globs | undefined;
  /** Where there are two sources. */
  canary?: CanaryAnswer | undefined;
  mounts: readonly MountAnswer[];
  last: { outcome: string; timeMs: number } | undefined;
  /** The newest reload that succeeded. */
  reloadedMs: number | undefined;
};

/** Which of two sources a pod has. */
export type CanaryAnswer = {
  /** `stable` or `next`. */
  source: string;
  why: string;
  reason: string;
  remedy: string | undefined;
  /** The mount of the source that it does not have. */
  other: string | undefined;
};

export type Globs = { include: string[] | undefined; exclude: string[] | undefined };

export type MountAnswer = {
  path: string;
  /** In the pod spec, where its mount table tells. */
  volume: string | undefined;
  /** As it is mounted; `undefined` where it cannot be read. */
  hash: string | undefined;
  /** Its hashes are by a key that this sidecar alone knows: it may hold a Secret. */
  isKeyed: boolean;
  /** The hash by a key of who asks. */
  compared: string | undefined;
  /** As the app has it. */
  applied: string | undefined;
  keys: readonly string[];
  swappedMs: number | undefined;
  problem: string | undefined;
  remedy: string | undefined;
};

/** @throws Error where it is of no rehup. */
export function parseAnswer(text: string): Answer {
  const { version, started, time, rules } = asRecord(JSON.parse(text));
  const startedMs = parseTime(started);
  const nowMs = parseTime(time);
  if (typeof version !== 'string' || !isRecord(rules) || !startedMs || !nowMs) {
    throw new TypeError('what was answered is of no rehup of this version');
  }
  const all = Object.entries(rules).map(([name, rule]) => parseRule(name, asRecord(rule)));
  return { version, startedMs, nowMs, rules: all };
}

/** The app was brought to take new content. */
const TAKEN = ['reloaded', 'published'];

function parseRule(name: string, rule: PlainRecord): RuleAnswer {
  const applied = asRecord(rule['applied']);
  const decisions = asList(rule['decisions']).map(asRecord);
  const last = decisions[0];
  const reloaded = decisions.find(({ outcome }) => TAKEN.includes(asText(outcome) ?? ''));
  const problem = asRecord(rule['targetProblem']);
  const isPending = rule['state'] === 'pending';
  return {
    name,
    action: asText(rule['action']) ?? '',
    state: asText(rule['state']) ?? '',
    reason: asText(rule['reason']) ?? (isPending ? asText(problem['reason']) : undefined),
    remedy: asText(rule['remedy']) ?? (isPending ? asText(problem['remedy']) : undefined),
    nextRetryMs: parseTime(rule['nextRetry']),
    canary: isRecord(rule['canary']) ? parseCanary(rule['canary']) : undefined,
    globs: isRecord(rule['globs']) ? parseGlobs(rule['globs']) : undefined,
    mounts: asList(rule['mounts'])
      .map(asRecord)
      .map((mount) => parseMount(mount, applied)),
    last: last && { outcome: asText(last['outcome']) ?? '', timeMs: parseTime(last['time']) ?? 0 },
    reloadedMs: reloaded && parseTime(reloaded['time']),
  };
}

function parseCanary({ source, why, reason, remedy, mounts }: PlainRecord): CanaryAnswer {
  return {
    source: asText(source) ?? '',
    why: asText(why) ?? '',
    reason: asText(reason) ?? '',
    remedy: asText(remedy),
    other: asText(asRecord(mounts)[source === 'next' ? 'stable' : 'next']),
  };
}

function parseGlobs({ include, exclude }: PlainRecord): Globs {
  return { include: parseTexts(include), exclude: parseTexts(exclude) };
}

function parseTexts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

function parseMount(mount: PlainRecord, applied: PlainRecord): MountAnswer {
  const path = asText(mount['path']) ?? '';
  return {
    path,
    volume: asText(asRecord(mount['volume'])['name']),
    hash: asText(mount['hash']),
    isKeyed: asRecord(mount['volume'])['kind'] !== 'configmap',
    compared: asText(mount['compared']),
    applied: asText(applied[path]),
    keys: Object.keys(asRecord(mount['keys'])),
    swappedMs: parseTime(mount['swapped']),
    problem: asText(mount['problem']),
    remedy: asText(mount['remedy']),
  };
}

function parseTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
