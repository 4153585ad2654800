import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Content, Value } from '../../kubernetes/content.ts';

/** A content with the name of its object; `undefined` where there is none yet. */
export type Side = { name: string; content: Content } | undefined;

/**
 * What differs, key by key: a unified diff of the texts of a ConfigMap, and no more than names and
 * sizes of what is in a Secret or is binary.
 */
export function diffContents(before: Side, after: NonNullable<Side>): string {
  const old = before?.content.values ?? new Map<string, Value>();
  const { name, content } = after;
  const keys = [...new Set([...old.keys(), ...content.values.keys()])].toSorted();
  const hidden = content.kind === 'Secret';
  const blocks = keys.flatMap((key) => {
    const one = old.get(key);
    const other = content.values.get(key);
    if (isSame(one, other)) return [];
    if (hidden || one?.binary === true || other?.binary === true) {
      return [`${key}: ${describe(one, other)}\n`];
    }
    const path = (side: string | undefined, value: Value | undefined): string =>
      value === undefined || side === undefined ? '/dev/null' : `${side}/${key}`;
    return [
      createTwoFilesPatch(
        path(before?.name, one),
        path(name, other),
        one?.bytes.toString('utf8') ?? '',
        other?.bytes.toString('utf8') ?? '',
        undefined,
        undefined,
        { headerOptions: FILE_HEADERS_ONLY },
      ),
    ];
  });
  return blocks.length === 0 ? 'no difference\n' : blocks.join('');
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.binary === other.binary && one.bytes.equals(other.bytes);
}

function describe(one: Value | undefined, other: Value | undefined): string {
  const was = `${one?.bytes.length} bytes`;
  const is = `${other?.bytes.length} bytes`;
  if (one === undefined) return `added, ${is}`;
  if (other === undefined) return `removed, ${was}`;
  return one.bytes.length === other.bytes.length
    ? `changed, ${is} as before`
    : `changed, ${was} → ${is}`;
}
