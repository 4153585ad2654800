import { escapeJson } from '../../system/escape.ts';
import { showLine } from '../../system/show.ts';
import { type Change, diffKeys, isEmpty } from '../../system/diff-keys.ts';
import type { KeyFiles } from './keys.ts';

/** One line of the output: names of keys, never contents. */
export type Report = {
  /** A step, or `start`, `publish` (`--from`), `end`. */
  step: string;
  /** Path of the volume. */
  directory: string;
  added: readonly string[];
  changed: readonly string[];
  removed: readonly string[];
  /** Whether the volume was swapped. */
  swapped: boolean;
  /** Anything else there is to know; may be empty. */
  note?: string;
};

export type Format = 'text' | 'json';

/** A line about something that is no update. */
export function remark(step: string, directory: string, note = ''): Report {
  return { step, directory, added: [], changed: [], removed: [], swapped: false, note };
}

/** @param atMs Wall clock; printed in UTC, as rehup's own log does. */
export function formatReport(report: Report, atMs: number, format: Format): string {
  const time = new Date(atMs).toISOString();
  if (format === 'json') return escapeJson(JSON.stringify({ time, ...report }));
  const { step, note = '' } = report;
  const what = [...describeChange(report), ...(note === '' ? [] : [note])];
  const line = `${step.padEnd('tear-down'.length)} ${what.join('; ')}`;
  return `${time.slice('YYYY-MM-DDT'.length)} ${showLine(line)}`;
}

function describeChange({ step, directory, swapped, ...change }: Report): string[] {
  if (step === 'start' || step === 'end') return [directory];
  const words = (['changed', 'added', 'removed'] as const).flatMap((kind) =>
    change[kind].length === 0 ? [] : [`${kind} ${change[kind].join(', ')}`],
  );
  if (!isEmpty(change)) return words;
  return swapped ? ['equal content'] : [];
}

export function diffFiles(before: KeyFiles, after: KeyFiles): Change {
  return diffKeys(toTexts(before), toTexts(after));
}

function toTexts(files: KeyFiles): Map<string, string> {
  return new Map([...files].map(([key, { content }]) => [key, content.toString('latin1')]));
}
