import { showSpan, showText, withoutCommands } from '../../system/show.ts';
import { type Cell, layOut, type Table, wrap } from '../../system/table.ts';
import type { MountReport } from './judge.ts';
import type { PodReport, RuleReport } from './report.ts';

export type Look = { width: number; colors: boolean; nowMs: number };

const COLORS: Readonly<Record<PodReport['state'], number>> = {
  current: 32,
  behind: 33,
  pending: 31,
  unknown: 33,
  'no-rehup': 2,
  'not-asked': 31,
};

/** What people call it. */
const WORDS: Readonly<Record<PodReport['state'], string>> = {
  current: 'current',
  behind: 'kubelet behind',
  pending: 'pending',
  unknown: 'unknown',
  'no-rehup': 'no rehup',
  'not-asked': 'not asked',
};

/** A line for each mount of each pod, then the reasons, then how many stand how. */
export function renderFleet(reports: readonly PodReport[], look: Look): string {
  const table = tabulate(reports, look);
  const dim = (text: string): string => paint(text, 2, look);
  const lines = layOut(table, look.width, dim);
  return withoutCommands(
    `${[...lines, ...renderReasons(reports, look), '', countStates(reports)].join('\n')}\n`,
  );
}

function tabulate(reports: readonly PodReport[], look: Look): Table {
  const hasNamespaces = new Set(reports.map(({ namespace }) => namespace)).size > 1;
  const hasMounts = reports.some(
    ({ rules }) => rules.length > 1 || rules.some(({ mounts }) => mounts.length > 1),
  );
  const hasCanary = reports.some(({ rules }) => rules.some(({ canary }) => canary));
  const nameOf = ({ namespace, name }: PodReport): string =>
    showText(hasNamespaces ? `${namespace}/${name}` : name);
  const heads = [
    'POD',
    'AGE',
    ...(hasCanary ? ['SOURCE'] : []),
    ...(hasMounts ? ['MOUNT'] : []),
    'DESIRED',
    'MOUNTED',
    'LOADED',
    'LAG',
    'LAST',
    'STATE',
  ];
  const rows = reports.flatMap((report) => {
    const pairs = report.rules.flatMap((rule) => rule.mounts.map((mount) => ({ rule, mount })));
    const all = pairs.length === 0 ? [undefined] : pairs;
    return all.map((pair, index): Cell[] => [
      index === 0 ? nameOf(report) : '',
      index === 0 ? showSpan(report.ageMs) : '',
      ...(hasCanary ? [isFirstOf(pair) ? sourceOf(pair?.rule) : ''] : []),
      ...(hasMounts ? [showText(pair?.mount.path ?? '-')] : []),
      ...hashesOf(pair?.mount),
      pair?.mount.lagMs === undefined ? '-' : showSpan(pair.mount.lagMs),
      pair === undefined ? '-' : describeLast(pair.rule, look.nowMs + (report.rehup?.aheadMs ?? 0)),
      index === 0
        ? { text: WORDS[report.state], paint: (text) => paint(text, COLORS[report.state], look) }
        : '',
    ]);
  });
  return { heads, rows };
}

type Pair = { rule: RuleReport; mount: MountReport };

function isFirstOf(pair: Pair | undefined): boolean {
  return pair?.rule.mounts[0] === pair?.mount;
}

/** Which of two a pod has. */
function sourceOf(rule: RuleReport | undefined): string {
  return showText(rule?.canary?.source ?? '-');
}

function hashesOf(mount: MountReport | undefined): string[] {
  const {
    desired = mount?.objects.length ? '(secret)' : '-',
    mounted = '-',
    loaded = '-',
  } = mount ?? {};
  return [desired, mounted, loaded].map(showText);
}

function describeLast({ last }: RuleReport, nowMs: number): string {
  return last === undefined
    ? '-'
    : `${showText(last.outcome)} ${showSpan(nowMs - last.timeMs)} ago`;
}

/** Pods that have the same reason are told together. */
function renderReasons(reports: readonly PodReport[], look: Look): string[] {
  const told = reports.filter(({ reason }) => reason !== undefined);
  const groups = Map.groupBy(told, identityOf);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const who = members.length === 1 ? first.name : `${members.length} pods (${first.name}, …)`;
    const text = `${who}: ${WORDS[first.state]}: ${first.reason}`;
    const remedy =
      first.remedy === undefined ? [] : wrap(`remedy: ${showText(first.remedy)}`, look.width - 2);
    return ['', ...wrap(showText(text), look.width), ...remedy.map((line) => `  ${line}`)];
  });
}

/** A reason may name its own pod. */
function identityOf({ name, state, reason = '', remedy = '' }: PodReport): string {
  const words = [state, ...reason.split(' '), ...remedy.split(' ')];
  return words.map((word) => (word === name ? 'POD' : word)).join(' ');
}

/** `3 pods: 2 current, 1 pending`. */
function countStates(reports: readonly PodReport[]): string {
  const counts = Map.groupBy(reports, ({ state }) => state);
  const order = Object.keys(WORDS) as PodReport['state'][];
  const parts = order.flatMap((state) => {
    const count = counts.get(state)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${WORDS[state]}`];
  });
  const onNext = reports.filter(({ rules }) =>
    rules.some(({ canary }) => canary?.source === 'next'),
  );
  const next = onNext.length === 0 ? '' : `; ${onNext.length} on next`;
  return `${reports.length} ${reports.length === 1 ? 'pod' : 'pods'}: ${parts.join(', ')}${next}`;
}

function paint(text: string, code: number, { colors }: Pick<Look, 'colors'>): string {
  return colors && text.trim() !== '' ? `\x1b[${code}m${text}\x1b[0m` : text;
}
