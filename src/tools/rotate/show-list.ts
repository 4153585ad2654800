import { layOut } from '../../system/table.ts';
import { showSpan } from '../../system/show.ts';
import type { Listed } from './list.ts';

/** Lines for scripts must not be broken. */
const WIDTH = Number.MAX_SAFE_INTEGER;

const SHOWN_KEYS = 3;

/** A table for people. */
export function showList(revisions: readonly Listed[], nowMs: number): string {
  if (revisions.length === 0) return 'there are no revisions';
  const heads = ['NAME', 'AGE', 'SIZE', 'KEYS', 'IN USE BY'];
  const rows = revisions.map((one) => [
    `${one.kind.toLowerCase()}/${one.name}`,
    showSpan(nowMs - Date.parse(one.created)),
    showSize(one.sizeBytes),
    shorten(one.keys),
    showUsers(one),
  ]);
  return layOut({ heads, rows }, WIDTH, (text) => text).join('\n');
}

function showSize(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}

function shorten(keys: readonly string[]): string {
  const more = keys.length - SHOWN_KEYS;
  return [...keys.slice(0, SHOWN_KEYS), ...(more > 0 ? [`+${more}`] : [])].join(', ') || '-';
}

function showUsers({ usedBy, failed }: Listed): string {
  const pods = usedBy.filter((who) => who.startsWith('pod/')).length;
  const others = usedBy.filter((who) => !who.startsWith('pod/'));
  const all = [...others, ...(pods > 0 ? [`${pods} ${pods === 1 ? 'pod' : 'pods'}`] : [])];
  return `${all.join(', ') || 'nobody'}${failed ? ' (a rollout with it failed)' : ''}`;
}
