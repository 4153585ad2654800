import type { MountDocument, RuleDocument, TargetDocument } from './document.ts';
import type { PastDecision } from './history.ts';
import type { Cell, Table } from '../../../system/table.ts';
import { showSpan, showText } from '../../../system/show.ts';

type Paint = (text: string) => string;

/** Keys shown of each mount: those that wait, and then as many as there is room for. */
const SHOWN_KEYS = 20;

export function tabulateMounts(mounts: readonly MountDocument[], nowMs: number): Table {
  return {
    heads: ['MOUNT', 'VOLUME', 'MODE', 'SINCE', 'SWAPPED', 'HASH'],
    rows: mounts.map(({ path, volume, mode = '-', since, swapped, hash = '-' }) => [
      showText(path),
      showText([volume?.kind ?? '-', volume?.name ?? ''].join(' ').trim()),
      mode,
      showAgo(since, nowMs),
      showAgo(swapped, nowMs),
      hash,
    ]),
  };
}

export function tabulateKeys(
  { mounts, state }: Pick<RuleDocument, 'mounts' | 'state'>,
  highlight: Paint,
): { table: Table; left: number } {
  const listed = mounts.map((mount) => listKeys(mount, state, highlight));
  const rows = listed.flatMap((list, index) =>
    // Of several mounts, the path tells whose key it is.
    list.rows.map(([key, ...cells]): Cell[] => [
      showText(mounts.length > 1 ? `${mounts[index]?.path}/${key}` : key),
      ...cells,
    ]),
  );
  const left = listed.reduce((sum, list) => sum + list.left, 0);
  return { table: { heads: ['KEY', 'HASH', 'STATE'], rows }, left };
}

type KeyRow = [key: string, hash: string, state: Cell];

function listKeys(
  { keys, waiting, otherKeys }: MountDocument,
  state: RuleDocument['state'],
  highlight: Paint,
): { rows: KeyRow[]; left: number } {
  const due = state === 'pending' ? 'pending' : 'not applied';
  const states = new Map(
    (['changed', 'added', 'removed'] as const).flatMap((kind) =>
      (waiting?.[kind] ?? []).map((key) => [key, `${kind}, ${due}`] as const),
    ),
  );
  const names = [...new Set([...states.keys(), ...Object.keys(keys).toSorted()])];
  const shown = names.slice(0, Math.max(SHOWN_KEYS, states.size));
  const rest = otherKeys === undefined ? 'applied' : { text: otherKeys, paint: highlight };
  const rows = shown.map((key): KeyRow => {
    const news = states.get(key);
    const hash = Object.hasOwn(keys, key) ? (keys[key] ?? '') : '-';
    return [key, hash, news === undefined ? rest : { text: news, paint: highlight }];
  });
  return { rows, left: names.length - shown.length };
}

export function tabulateTargets(targets: readonly TargetDocument[]): Table {
  return {
    heads: ['TARGET', 'CONTAINER', 'COMMAND', 'USER', 'AGE'],
    rows: targets.map(({ pid, container = '-', command, uid, ageSeconds }) => [
      String(pid),
      showText(container),
      showText(command),
      uid === undefined ? '-' : String(uid),
      showSpan(ageSeconds * 1000),
    ]),
  };
}

export function tabulateDecisions(
  decisions: readonly PastDecision[],
  nowMs: number,
  paint: (outcome: PastDecision['outcome']) => Paint,
): Table {
  return {
    heads: ['DECIDED', 'OUTCOME', 'TOOK', 'AFTER SWAP', 'KEYS, REASON'],
    rows: decisions.map(({ time, times, outcome, tookMs, swapToReloadMs, reason, ...keys }) => [
      showAgo(time, nowMs),
      { text: times > 1 ? `${outcome} ×${times}` : outcome, paint: paint(outcome) },
      showDuration(tookMs),
      showDuration(swapToReloadMs),
      showText([describeKeys(keys), reason ?? ''].filter((text) => text !== '').join(': ')),
    ]),
  };
}

function describeKeys({
  changed = [],
  added = [],
  removed = [],
}: Pick<PastDecision, 'changed' | 'added' | 'removed'>): string {
  return [...changed, ...added.map((key) => `+${key}`), ...removed.map((key) => `-${key}`)].join(
    ', ',
  );
}

function showAgo(time: string | undefined, nowMs: number): string {
  return time === undefined ? '-' : `${showSpan(nowMs - Date.parse(time))} ago`;
}

function showDuration(ms: number | undefined): string {
  if (ms === undefined) return '-';
  if (ms < 1000) return `${ms} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : showSpan(ms);
}
