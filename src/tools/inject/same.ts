import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode } from 'yaml';
import { exitCodes, FatalError } from '../../system/errors.ts';
import { type ManifestDocument, parseManifests } from '../manifest/document.ts';
import { applyWritings, type Writing } from '../manifest/edit.ts';
import { describeObject } from '../manifest/object.ts';
import { keyOf } from '../manifest/locate.ts';
import { nameOf } from '../manifest/source.ts';
import { isRecord } from '../../system/plain.ts';
import type { Workload } from '../manifest/workload.ts';

type Planned = readonly { workload: Workload; edits: readonly Writing[] }[];

/**
 * What a text can be written like has no end: the result is read again, and must be what was there
 * with what was to be added, and nothing else.
 */
export function requireSame(
  documents: readonly ManifestDocument[],
  planned: Planned,
  write: () => string,
): string {
  const expected = documents.map((document) => {
    const mine = planned.filter(({ workload }) => workload.object.document === document);
    const edits = mine.flatMap((one) => one.edits);
    return withoutSources(document, applyWritings(document.value, edits));
  });
  const text = tryTo(write);
  const file = documents[0]?.file ?? '-';
  const after = text === undefined ? [] : parseManifests({ file, text });
  const isSound = after.every(({ problems }) => problems.length === 0);
  const values = after.map((document) =>
    withoutSources(document, applyWritings(document.value, [])),
  );
  if (text !== undefined && isSound && isDeepStrictEqual(values, expected)) return text;
  const names = planned.map(({ workload }) => describeObject(workload.object)).join(', ');
  throw new FatalError(
    `${nameOf(file)}: ${names}: rehup cannot be added where the manifest is written like this, and nothing is written; ${adviceFor(documents)}`,
    exitCodes.bug,
  );
}

/** A field of the document that is there for its anchor alone belongs to no object. */
function withoutSources({ yaml }: ManifestDocument, value: unknown): unknown {
  const { contents } = yaml;
  if (!isRecord(value) || !isMap(contents)) return value;
  const sources = contents.items.flatMap((pair) => {
    const hasAnchor = isNode(pair.value) && 'anchor' in pair.value && pair.value.anchor;
    return hasAnchor ? [keyOf(pair) ?? ''] : [];
  });
  const fields = Object.entries(value).filter(
    ([key]) => FIELDS.includes(key) || !sources.includes(key),
  );
  return Object.fromEntries(fields);
}

const FIELDS = ['kind', 'metadata', 'spec', 'items', 'template', 'data'];

function tryTo(write: () => string): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

/** What several workloads share cannot be changed for one of them. */
function adviceFor(documents: readonly ManifestDocument[]): string {
  const isShared = documents.some(({ yaml }) => /(?:^|\s)(?:\*\S|<<:)/.test(String(yaml)));
  return isShared
    ? 'write the pod spec out, without aliases and merge keys'
    : 'it is a bug in rehup: report it, with the manifest';
}
