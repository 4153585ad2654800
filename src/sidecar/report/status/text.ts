import { styleText } from 'node:util';
import { isSettled } from '../../outcome.ts';
import type { MountDocument, RuleDocument, StatusDocument } from './document.ts';
import { layOut, type Table, wrap } from '../../../system/table.ts';
import { tabulateDecisions, tabulateKeys, tabulateMounts, tabulateTargets } from './tables.ts';
import { showSpan, showText } from '../../../system/show.ts';

export type TextOptions = {
  /** Of the terminal, in characters. */
  width: number;
  colors: boolean;
};

type Look = {
  width: number;
  nowMs: number;
  paint: (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow') => (text: string) => string;
};

/** A status for a terminal. Nothing that a name holds can act on the terminal. */
export function renderStatus(status: StatusDocument, { width, colors }: TextOptions): string {
  const { version, node, uptimeSeconds, time, rules, pod, namespace } = status;
  const look: Look = {
    width,
    nowMs: Date.parse(time),
    paint: (format) => (text) =>
      colors && text !== '' ? styleText(format, text, { validateStream: false }) : text,
  };
  const where = [namespace, pod].filter((name) => name !== undefined).join('/');
  const up = showSpan(uptimeSeconds * 1000);
  const blocks = Object.entries(rules).map(([name, rule]) => renderRule(name, rule, look));
  const lines = [
    `rehup ${showText(version)} in ${showText(where)}, Node.js ${showText(node)}, up ${up}`,
    ...(blocks.length === 0 ? ['', 'not every mount has been read yet'] : blocks.flat()),
  ];
  return `${lines.join('\n')}\n`;
}

const INDENT = '  ';

function renderRule(name: string, rule: RuleDocument, look: Look): string[] {
  const { state, action, mounts, targets, targetProblem, decisions, reason, hash } = rule;
  const { paint, nowMs } = look;
  const colorOf = { applied: 'green', 'dry-run': 'yellow', reloading: 'yellow', pending: 'red' };
  const stateColor = colorOf[state] as 'green' | 'yellow' | 'red';
  const isKnown = targetProblem?.reason === reason;
  // That of a single mount is in the table.
  const together = mounts.length > 1 && hash !== undefined ? `, hash ${hash}` : '';
  return [
    '',
    `${paint('bold')(name)}: ${paint(stateColor)(state)}, action ${action}${together}`,
    ...(state === 'pending' ? renderPending(rule, look) : []),
    ...block(tabulateMounts(mounts, nowMs), look),
    ...mounts.flatMap((mount) => renderMountNotes(mount, look)),
    ...renderKeys(rule, look),
    ...block(tabulateTargets(targets), look),
    ...(isKnown ? [] : renderProblem(targetProblem?.reason, targetProblem?.remedy, look)),
    ...block(
      tabulateDecisions(decisions, nowMs, (outcome) => paint(isSettled(outcome) ? 'green' : 'red')),
      look,
    ),
  ];
}

function renderPending({ reason, remedy, nextRetry }: RuleDocument, look: Look): string[] {
  const dueMs = nextRetry === undefined ? undefined : Date.parse(nextRetry) - look.nowMs;
  const next = dueMs === undefined ? 'no further attempt with this content' : showDue(dueMs);
  return [...renderProblem(reason, remedy, look), `${INDENT}${next}`];
}

function showDue(dueMs: number): string {
  // Rounded up: "in 0 s" would be now.
  return dueMs > 0 ? `next attempt in ${showSpan(dueMs + 999)}` : 'next attempt now';
}

function renderProblem(
  reason: string | undefined,
  remedy: string | undefined,
  look: Look,
): string[] {
  if (reason === undefined) return [];
  const help = remedy === undefined ? [] : indent(`remedy: ${remedy}`, look);
  return [...indent(reason, look, look.paint('red')), ...help];
}

/** What others have written, in lines that fit. */
function indent(text: string, { width }: Look, paint = (line: string): string => line): string[] {
  return wrap(showText(text), width - INDENT.length).map((line) => INDENT + paint(line));
}

function renderMountNotes(
  { path, problem, remedy, fallback, kubeletLag = [] }: MountDocument,
  look: Look,
): string[] {
  const lags = kubeletLag.map(({ object, seconds, pending }) =>
    pending
      ? `${object} changed ${seconds} s ago, and the kubelet has not brought it yet`
      : `the kubelet took ${seconds} s to bring ${object}`,
  );
  const polled = fallback === undefined ? [] : [`${path} is polled: ${fallback.reason}`];
  return [
    ...renderProblem(problem, remedy, look),
    ...[...polled, ...lags].flatMap((text) => indent(text, look)),
  ];
}

function renderKeys(rule: RuleDocument, look: Look): string[] {
  const { table, left } = tabulateKeys(rule, look.paint('yellow'));
  const more = left === 0 ? [] : [`${INDENT}and ${left} more keys: --output json has them all`];
  return [...block(table, look), ...more];
}

/** A table without rows is left out. */
function block(table: Table, { width, paint }: Look): string[] {
  if (table.rows.length === 0) return [];
  const lines = layOut(table, width - INDENT.length, paint('dim'));
  return ['', ...lines.map((line) => INDENT + line)];
}
