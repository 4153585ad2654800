import { styleText } from 'node:util';
import { showLine } from '../../system/show.ts';
import { asList, asRecord, asText } from '../../system/plain.ts';
import type { Finding, Group } from './findings.ts';

/** What doctor found in several pods, and why others were not asked. */
export type Examined = {
  groups: readonly Group[];
  /** How many pods were asked. */
  pods: number;
  unasked: readonly Unasked[];
};

export type Unasked = { pod: string; reason: string; remedy?: string };

type Status = Finding['status'];

const MARKS: Readonly<Record<Status, string>> = { fail: '✗', warn: '!', pass: '✓' };
const COLOURS = { fail: 'red', warn: 'yellow', pass: 'green' } as const;

/** Names of so many pods are listed. */
const MOST_NAMED = 5;

/** As people read it. What comes from a pod does not act on the terminal: the colours are ours alone. */
export function renderFindings(
  { groups, pods, unasked }: Examined,
  { colors }: { colors: boolean },
): string {
  const paint = (format: Paint, text: string): string =>
    colors ? styleText(format, text, { validateStream: false }) : text;
  const lines = groups.flatMap(({ finding, pods: members }) => [
    `${paint(COLOURS[finding.status], MARKS[finding.status])} ${showLine(describeHead(finding, members.length, pods))}`,
    ...describeRest({ finding, pods: members }, pods).map(({ title, text }) => {
      const line = showLine(`    ${title.padEnd(6)}  ${text}`);
      return title === 'why' ? paint('dim', line) : line;
    }),
  ]);
  const others = unasked.flatMap(({ pod, reason, remedy }) => [
    `${paint('yellow', '?')} ${showLine(`${pod}: not asked: ${reason}`)}`,
    ...(remedy === undefined ? [] : [showLine(`    remedy  ${remedy}`)]),
  ]);
  const count = (status: Status): number =>
    groups.filter(({ finding }) => finding.status === status).length;
  const summary = `${pods} ${pods === 1 ? 'pod' : 'pods'} examined: ${count('fail')} failed, ${count('warn')} to look at, ${count('pass')} passed`;
  return `${[...lines, ...others, '', summary].join('\n')}\n`;
}

type Paint = 'red' | 'yellow' | 'green' | 'dim';

function describeHead({ id, rule, seen }: Finding, members: number, all: number): string {
  const some = ` (${members} of ${all} pods)`;
  const which = members < all ? some : all === 1 ? '' : ' (all pods)';
  return `${id}${rule === undefined ? '' : ` [${rule}]`}: ${seen}${which}`;
}

type Line = { title: string; text: string };

function describeRest({ finding, pods }: Group, all: number): Line[] {
  const { status, why, remedy, document } = finding;
  if (status === 'pass') return [];
  const more = pods.length > MOST_NAMED ? [`and ${pods.length - MOST_NAMED} more`] : [];
  const changes = asList(asRecord(asList(document['remedies'])[0])['changes']).map(asRecord);
  const named = [...pods.slice(0, MOST_NAMED), ...more].join(', ');
  return [
    ...(why === undefined ? [] : [{ title: 'why', text: why }]),
    ...(remedy === undefined ? [] : [{ title: 'remedy', text: remedy }]),
    ...changes.map(({ path, value }) => ({
      title: 'change',
      text: `${asText(path)}: ${asText(value) ?? 'remove it'}`,
    })),
    ...(pods.length === all ? [] : [{ title: 'pods', text: named }]),
  ];
}
