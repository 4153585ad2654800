import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Reporter, TestSpecification } from 'vitest/node';
import { heavySuites } from './suites.ts';

/** As it was on two cores that had nothing else to do. */
const MINUTES = 3;

/** Whoever runs some files knows what he wants. */
const MANY = 100;

const LAST = join(import.meta.dirname, '../../node_modules/.cache/npm-test.json');

/** Says what a run of all tests will take, before it does. */
export default class Announce implements Reporter {
  #sinceMs: number | undefined;

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    if (specifications.length < MANY) return;
    this.#sinceMs = performance.now();
    console.log(describeRun(countByProject(specifications), readLastMinutes()));
  }

  onTestRunEnd(_: unknown, errors: readonly unknown[], reason: string): void {
    if (this.#sinceMs === undefined || errors.length > 0 || reason === 'interrupted') return;
    const minutes = (performance.now() - this.#sinceMs) / 60_000;
    mkdirSync(dirname(LAST), { recursive: true });
    writeFileSync(LAST, JSON.stringify({ minutes }));
  }
}

/** @param lastMinutes What the last run took here. */
export function describeRun(
  counts: ReadonlyMap<string, number>,
  lastMinutes: number | undefined,
): string {
  const parts = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const last =
    lastMinutes === undefined ? '' : `; the last time, it took ${tell(lastMinutes)} here`;
  const others = heavySuites.map((name) => `npm run test:${name}`).join(', ');
  return [
    ` ${total} test files (${parts}), about ${MINUTES} minutes on two idle cores${last}.`,
    ` Not among them, and run by .ci/run: ${others}.`,
    '',
  ].join('\n');
}

function tell(minutes: number): string {
  return minutes < 1 ? `${Math.ceil(minutes * 60)} s` : `${minutes.toFixed(1)} minutes`;
}

function countByProject(specifications: readonly TestSpecification[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { project } of specifications) {
    counts.set(project.name, (counts.get(project.name) ?? 0) + 1);
  }
  return counts;
}

function readLastMinutes(): number | undefined {
  try {
    return (JSON.parse(readFileSync(LAST, 'utf8')) as { minutes: number }).minutes;
  } catch {
    // It is the first.
    return undefined;
  }
}
