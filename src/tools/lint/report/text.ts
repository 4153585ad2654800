import { styleText } from 'node:util';
import { stringify } from 'yaml';
import { showLine, showLines } from '../../../system/show.ts';
import { nameOf } from '../../manifest/source.ts';
import type { Finding, ReportedEdit, ReportedRemedy } from '../finding.ts';
import type { Report } from '../lint.ts';

/** For people: one paragraph per finding, and a summary. */
export function formatText({ findings, workloads, skipped }: Report, paint: Paint = plain): string {
  const passed = skipped.map(
    ({ file, reason }) => `${showLine(`${nameOf(file)}: skipped: ${reason}`)}\n`,
  );
  return [
    ...passed,
    ...findings.map((one) => formatFinding(one, paint)),
    summarize(findings, workloads),
  ].join('');
}

/** How a severity, or what is less important, is coloured. */
export type Paint = (text: string, as: Finding['severity'] | 'faint') => string;

const plain: Paint = (text) => text;

const COLOURS = { error: 'red', warning: 'yellow', note: 'cyan', faint: 'dim' } as const;

/** For a terminal. */
export const inColour: Paint = (text, as) =>
  styleText(COLOURS[as], text, { validateStream: false });

function formatFinding(finding: Finding, paint: Paint): string {
  const { file, line, column, severity, id, message, object, why, remedies } = finding;
  return [
    `${showLine(`${nameOf(file)}:${line}:${column}`)}: ${paint(severity, severity)}: ${showLine(message)} ${paint(`[${id}]`, 'faint')}`,
    ...(object === '' ? [] : [paint(showLine(`  in: ${object}`), 'faint')]),
    paint(showLine(`  why: ${why}`), 'faint'),
    ...remedies.flatMap((remedy, index) => formatRemedy(remedy, index === 0 ? 'remedy' : 'or')),
    '',
    '',
  ].join('\n');
}

function formatRemedy({ text, edits }: ReportedRemedy, label: string): string[] {
  return [showLine(`  ${label}: ${text}`), ...edits.flatMap(formatEdit)];
}

/** The path, and the value as YAML: on the same line if it is short. */
function formatEdit(edit: ReportedEdit): string[] {
  const place = edit.object === undefined ? '' : `${edit.object}: `;
  const start = showLine(`    ${place}${edit.path}:`);
  if ('remove' in edit) return [`${start} (remove)`];
  if ('moveFrom' in edit) return [`${start} (move from ${showLine(edit.moveFrom)})`];
  const lines = showLines(toYaml(edit.value)).split('\n');
  const [only = ''] = lines;
  const isShort = lines.length === 1 && !only.startsWith('- ') && !isBlock(edit.value);
  return isShort ? [`${start} ${only}`] : [start, ...lines.map((line) => `      ${line}`)];
}

function isBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, singleQuote: true, compat: 'yaml-1.1' }).trimEnd();
}

function summarize(findings: readonly Finding[], workloads: number): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [countOf(count, severity)];
  });
  return `${countOf(workloads, 'workload')}: ${counts.length === 0 ? 'nothing found' : counts.join(', ')}\n`;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
