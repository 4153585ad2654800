import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as prettier from 'prettier';

import { rows, type ResultName } from './budgets.ts';
import type { Compared } from './comparison.ts';
import type { Machine } from './machine.ts';
import type { Outcome } from './outcome.ts';

/** A whole run, as it is kept in a file. */
export type Report = {
  /** ISO 8601, UTC. */
  measuredAt: string;
  machine: Machine;
  outcomes: readonly Outcome[];
  comparison?: readonly Compared[];
};

export function readReport(path: string): Report | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : undefined;
}

export async function writeReport(path: string, report: Report): Promise<void> {
  const options = (await prettier.resolveConfig(path)) ?? {};
  const text = JSON.stringify(report, shorten);
  writeFileSync(path, await prettier.format(text, { ...options, parser: 'json' }));
}

/** What this run did not measure stays as it was; in the order of the table. */
export function mergeReports(before: Report | undefined, now: Report): Report {
  const known = new Map((before?.outcomes ?? []).map((outcome) => [outcome.name, outcome]));
  for (const outcome of now.outcomes) known.set(outcome.name, outcome);
  const names = Object.keys(rows) as ResultName[];
  const comparison = now.comparison ?? before?.comparison;
  return {
    ...now,
    outcomes: names.flatMap((name) => known.get(name) ?? []),
    ...(comparison && { comparison }),
  };
}

/** Microseconds are the end of what can be told apart. */
function shorten(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
