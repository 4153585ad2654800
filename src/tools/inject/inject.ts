import { exitCodes, FatalError } from '../../system/errors.ts';
import { type ManifestDocument, parseManifests } from '../manifest/document.ts';
import type { Edit } from '../manifest/edit.ts';
import { describeObject, findObjects } from '../manifest/object.ts';
import { findSidecar } from '../manifest/sidecar.ts';
import { nameOf, type Source } from '../manifest/source.ts';
import { type Splice, spliceFor, styleOf } from '../manifest/splice.ts';
import { readWorkload, type Workload } from '../manifest/workload.ts';
import { planInjection } from './plan.ts';
import type { InjectOptions } from './request.ts';

/** The manifest with rehup added. */
export type Injected = {
  text: string;
  /** The workloads that it was added to. */
  changed: readonly string[];
  /** Those that are left as they are, and why. */
  left: readonly { object: string; reason: string }[];
};

/** Adds rehup to every workload of a manifest. Everything else stays as it is, byte for byte. */
export function inject(source: Source, options: InjectOptions): Injected {
  const documents = parseManifests(source);
  requireReadable(documents);
  const changed: string[] = [];
  const left: { object: string; reason: string }[] = [];
  const splices: Splice[] = [];
  for (const workload of documents.flatMap(findWorkloads)) {
    const object = describeObject(workload.object);
    const plan = planInjection(workload, options);
    if ('leave' in plan) {
      left.push({ object, reason: plan.leave });
      continue;
    }
    changed.push(object);
    splices.push(...plan.edits.flatMap((edit) => toSplice(workload, edit)));
  }
  const text = tidyJson(source.text, applySplices(source.text, splices));
  requireSidecars({ ...source, text }, changed);
  return { text, changed, left };
}

function requireReadable(documents: readonly ManifestDocument[]): void {
  for (const { file, problems } of documents) {
    const [problem] = problems;
    if (problem === undefined) continue;
    const { line, column, reason } = problem;
    throw new FatalError(`${nameOf(file)}:${line}:${column}: ${reason}`, exitCodes.configuration);
  }
}

function findWorkloads(document: ManifestDocument): Workload[] {
  return findObjects(document).flatMap((object) => {
    const workload = readWorkload(object);
    return workload === undefined || workload === 'partial' ? [] : [workload];
  });
}

function toSplice({ object: { document }, pod }: Workload, edit: Edit): Splice[] {
  if (!('value' in edit)) return [];
  const style = styleOf(document, [...pod.path, 'containers']);
  return [spliceFor({ document, style }, edit.path, edit.value)];
}

/** Workloads that share a pod spec by an alias share its change. */
function applySplices(text: string, splices: readonly Splice[]): string {
  const unique = new Map(splices.map((one) => [`${one.start} ${one.end} ${one.text}`, one]));
  const ordered = [...unique.values()].toSorted((one, other) => one.start - other.start);
  let end = 0;
  const pieces = ordered.map((splice) => {
    const before = text.slice(end, splice.start);
    end = splice.end;
    return `${before}${splice.text}`;
  });
  return [...pieces, text.slice(end)].join('');
}

/** JSON that was written by a program is written as that would. */
function tidyJson(before: string, after: string): string {
  const indent = /^\s*[[{]\r?\n([ \t]+)/.exec(before)?.[1] ?? '';
  const format = (text: string): string => JSON.stringify(JSON.parse(text), null, indent);
  try {
    if (format(before) !== before.trim()) return after;
    return before.replace(before.trim(), () => format(after));
  } catch {
    return after;
  }
}

/** What a text can be written like has no end: the result is read again. */
function requireSidecars(source: Source, changed: readonly string[]): void {
  const workloads = parseManifests(source).flatMap(findWorkloads);
  const bare = workloads.filter(({ pod }) => findSidecar(pod) === undefined);
  const missed = bare
    .map(({ object }) => describeObject(object))
    .filter((name) => changed.includes(name));
  if (missed.length === 0) return;
  throw new FatalError(
    `${missed.join(', ')}: rehup cannot be added where the manifest is written like this; write the pod spec out, without aliases and merge keys`,
    exitCodes.configuration,
  );
}
