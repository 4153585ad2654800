import { styleText } from 'node:util';
import type { Finding, Problem } from '../finding.ts';
import { showLine, showLines } from '../../system/show.ts';
import { whys } from '../why.ts';
import { describeChange, toManifest } from './yaml.ts';

export type TextOptions = {
  version: string;
  /** The terminal shows more than ASCII. */
  unicode: boolean;
  colors: boolean;
};

const COLOURS = { pass: 'green', warn: 'yellow', fail: 'red' } as const;

type Paint = (format: 'green' | 'yellow' | 'red' | 'bold' | 'dim', text: string) => string;

/** One line per check, and below those that found something, why it matters and what to change. */
export function renderText(
  findings: readonly Finding[],
  { version, unicode, colors }: TextOptions,
): string {
  const paint: Paint = (format, text) =>
    colors ? styleText(format, text, { validateStream: false }) : text;
  const marks = unicode
    ? { pass: '✓', warn: '!', fail: '✗' }
    : { pass: 'ok', warn: '!', fail: 'X' };
  const width = Math.max(...Object.values(marks).map(({ length }) => length));
  const lines = findings.flatMap((finding) => {
    const mark = paint(COLOURS[finding.status], marks[finding.status].padEnd(width));
    const rule = finding.rule === undefined ? '' : ` [${finding.rule}]`;
    const name = finding.status === 'pass' ? finding.check : finding.id;
    return [
      `${mark} ${showLine(`${name}${rule}: ${finding.seen}`)}`,
      ...(finding.status === 'pass' ? [] : describeProblem(finding, paint)),
    ];
  });
  return `rehup ${version}\n\n${lines.join('\n')}\n\n${summarize(findings, paint)}\n`;
}

function describeProblem({ id, remedy, remedies }: Problem, paint: Paint): string[] {
  const ways = remedies.flatMap(({ changes, manifest, note }, index) => [
    ...changes.map((change, at) =>
      detail(at > 0 ? '' : index > 0 ? 'or' : 'change', describeChange(change)),
    ),
    ...(manifest ? [detail('apply', ''), ...indent(toManifest(manifest))] : []),
    ...(note === undefined ? [] : [detail('', `(${note})`)]),
  ]);
  return [paint('dim', detail('why', whys[id])), detail('remedy', remedy), ...ways];
}

function detail(title: string, text: string): string {
  return showLine(`    ${title.padEnd(6)}  ${text}`).trimEnd();
}

function indent(text: string): string[] {
  return showLines(text)
    .split('\n')
    .map((line) => `      ${line}`);
}

function summarize(findings: readonly Finding[], paint: Paint): string {
  const count = (status: Finding['status']): number =>
    findings.filter((finding) => finding.status === status).length;
  const problems = findings.filter((finding) => finding.status !== 'pass');
  const about = problems.length === 0 ? '' : SIDECAR_NOTE + describeFirst(problems, paint);
  return `${count('fail')} failed, ${count('warn')} to look at, ${count('pass')} passed${about}`;
}

/** Findings stand in the order in which a reload would meet them. */
function describeFirst(problems: readonly Problem[], paint: Paint): string {
  const first = problems.find(({ status }) => status === 'fail') ?? problems[0];
  return first === undefined
    ? ''
    : `\n${paint('bold', showLine(`First of all: ${first.remedy} (${first.id})`))}`;
}

const SIDECAR_NOTE =
  '\nPaths are those of a Pod; in a workload they lie below spec.template, and a native sidecar is in spec.initContainers.';

/**
 * Whether more than ASCII can be shown. Where the locale says nothing, as in most images, the terminal
 * is that of whoever runs kubectl.
 */
export function showsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  return !locale || /utf-?8/i.test(locale);
}
