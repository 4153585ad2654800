import { escapeJson } from '../../system/escape.ts';
import type { PodReport, RuleReport } from './report.ts';

/** As a program reads it: times in ISO 8601, spans in seconds. */
export function describeFleet(reports: readonly PodReport[], nowMs: number): object {
  const counts = Object.entries(Object.groupBy(reports, ({ state }) => state));
  return {
    time: toTime(nowMs),
    pods: reports.map(describePod),
    summary: {
      pods: reports.length,
      ...Object.fromEntries(counts.map(([state, members]) => [state, members.length])),
    },
  };
}

/** In one line, or as people read it. */
export function toJson(document: object, indent?: number): string {
  return `${escapeJson(JSON.stringify(document, null, indent))}\n`;
}

export function describePod({ ageMs, rehup, rules, ...report }: PodReport): object {
  return {
    ...report,
    ageSeconds: Math.round(ageMs / 1000),
    rehup: rehup === undefined ? null : { container: rehup.container, version: rehup.version },
    rules: rules.map(describeRule),
  };
}

function describeRule({
  rule,
  state,
  reason,
  remedy,
  last,
  nextRetryMs,
  canary,
  mounts,
}: RuleReport): object {
  return {
    rule,
    state,
    reason,
    remedy,
    ...(last && { last: { outcome: last.outcome, time: toTime(last.timeMs) } }),
    ...(nextRetryMs !== undefined && { nextRetry: toTime(nextRetryMs) }),
    ...(canary && { canary: { source: canary.source, why: canary.why, reason: canary.reason } }),
    mounts: mounts.map(({ lagMs, ...mount }) => ({
      ...mount,
      ...(lagMs !== undefined && { lagSeconds: Math.round(lagMs / 100) / 10 }),
    })),
  };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
