import { asList, asNumber, asRecord, asText } from '../../system/plain.ts';

/** The annotation of the Lease that holds what is known of the waves of a workload. Part of the contract. */
export const WAVE_ANNOTATION = 'rehup.dev/wave';

export type Verdict = {
  /** Names the content; equal in all pods of the workload. */
  hash: string;
  state: 'good' | 'bad';
  /** The pod that said so. */
  by: string;
  /** ISO 8601, for people alone: nodes do not agree on the time. */
  at: string;
  outcome?: string;
  reason?: string;
};

/** The content that a wave is about now. */
export type Current = Omit<Verdict, 'state'> & {
  state: 'trying' | 'good' | 'bad';
  /** The part of all pods that may have it, 0 to 1, beside the one that tries it. */
  open: number;
  /** Pods that took it first, and have not told what came of it. */
  tries: readonly string[];
};

/** One rule of a workload. */
export type RuleWave = { now: Current; past: readonly Verdict[] };

/** By the name of the rule. */
export type Waves = ReadonlyMap<string, RuleWave>;

/** What the annotation holds; nothing where it holds anything else, as where somebody edited it. */
export function parseWaves(text: string | undefined): Waves {
  const all = Object.entries(asRecord(parseJson(text)));
  return new Map(
    all.flatMap(([rule, value]) => {
      const { now, past } = asRecord(value);
      const current = toCurrent(now);
      if (current === undefined) return [];
      return [[rule, { now: current, past: asList(past).flatMap(toVerdict) }] as const];
    }),
  );
}

export function formatWaves(waves: Waves): string {
  return JSON.stringify(Object.fromEntries(waves));
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '{}') as unknown;
  } catch {
    return {};
  }
}

function toCurrent(value: unknown): Current | undefined {
  const { state, open, tries } = asRecord(value);
  if (state !== 'trying' && state !== 'good' && state !== 'bad') return undefined;
  const said = toSaid(value);
  if (said === undefined) return undefined;
  const part = Math.min(1, Math.max(0, asNumber(open) ?? 0));
  return { ...said, state, open: part, tries: asList(tries).flatMap((pod) => asText(pod) ?? []) };
}

function toVerdict(value: unknown): Verdict[] {
  const { state } = asRecord(value);
  const said = toSaid(value);
  return said !== undefined && (state === 'good' || state === 'bad') ? [{ ...said, state }] : [];
}

function toSaid(value: unknown): Omit<Verdict, 'state'> | undefined {
  const record = asRecord(value);
  const [hash, by, at] = [record['hash'], record['by'], record['at']].map(asText);
  if (!hash) return undefined;
  const [outcome, reason] = [record['outcome'], record['reason']].map(asText);
  return {
    hash,
    by: by ?? '',
    at: at ?? '',
    ...(outcome !== undefined && { outcome }),
    ...(reason !== undefined && { reason }),
  };
}
