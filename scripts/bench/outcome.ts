import { judge, rowOf, type ResultName, type Verdict } from './budgets.ts';
import type { Result } from './figure.ts';

/** What came of one row: a value with a verdict, or why there is none. */
export type Outcome =
  | (Result & { verdict: Verdict })
  | { name: ResultName; verdict: 'not measured' | 'FAILED'; reason: string };

export function toOutcome(result: Result): Outcome {
  return { ...result, verdict: judge(result.name, result.value) };
}

/** One line: title, value, what it may be, verdict, and what there is to know. */
export function formatOutcome(outcome: Outcome): string {
  const { title } = rowOf(outcome.name);
  if ('reason' in outcome) return `${title.padEnd(TITLE)}  ${outcome.verdict}: ${outcome.reason}`;
  const { name, value, verdict } = outcome;
  const cells = [
    title.padEnd(TITLE),
    formatValue(name, value).padStart(VALUE),
    formatBudget(name).padStart(VALUE + 2),
    verdict.padEnd(4),
    describeMeasurement(outcome),
  ];
  return cells.join('  ').trimEnd();
}

const TITLE = 62;
const VALUE = 9;

export function formatValue(name: ResultName, value: number): string {
  const { unit } = rowOf(name);
  if (unit === '') return String(value);
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}

export function formatBudget(name: ResultName): string {
  const { most } = rowOf(name);
  return most === undefined ? '–' : `≤ ${most}`;
}

export function describeMeasurement({ n, note }: Result): string {
  return [n === undefined ? undefined : `n ${n}`, note].filter(Boolean).join('; ');
}

/** It has a value that is too high, or none though it could have been measured. */
export function isOver({ verdict }: Outcome): boolean {
  return verdict === 'OVER' || verdict === 'FAILED';
}
