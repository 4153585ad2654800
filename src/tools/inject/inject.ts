import { exitCodes, FatalError } from '../../system/errors.ts';
import { type ManifestDocument, parseManifests } from '../manifest/document.ts';
import type { Writing } from '../manifest/edit.ts';
import { describeObject, findObjects } from '../manifest/object.ts';
import { nameOf, type Source } from '../manifest/source.ts';
import { type Splice, splicesFor, styleOf } from '../manifest/splice.ts';
import { readWorkloads, type Workload } from '../manifest/workload.ts';
import { planInjection } from './plan.ts';
import { planPublishing } from './publish/plan.ts';
import type { InjectOptions } from './request.ts';
import { requireSame } from './same.ts';

/** The manifest with rehup added. */
export type Injected = {
  text: string;
  /** The workloads that it was added to. */
  changed: readonly string[];
  /** Those that are left as they are, and why. */
  left: readonly { object: string; reason: string; isRefused: boolean }[];
  /** What is to be said of those that it was added to. */
  remarks: readonly string[];
};

/**
 * Adds rehup to every workload of a manifest. Everything else stays as it is, byte for byte. Throws
 * FatalError where that is not what came out.
 */
export function inject(source: Source, options: InjectOptions): Injected {
  const mark = source.text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const before = { ...source, text: source.text.slice(mark.length) };
  const documents = parseManifests(before);
  requireReadable(documents);
  const changed: string[] = [];
  const left: Injected['left'][number][] = [];
  const remarks: string[] = [];
  const planned: { workload: Workload; edits: readonly Writing[] }[] = [];
  for (const workload of documents.flatMap(findWorkloads)) {
    const object = describeObject(workload.object);
    const plan = options.publish
      ? planPublishing(workload, options)
      : planInjection(workload, options);
    if ('leave' in plan) {
      left.push({ object, reason: plan.leave, isRefused: plan.isRefused });
      continue;
    }
    changed.push(object);
    remarks.push(...plan.remarks.map((remark) => `${object}: ${remark}`));
    planned.push({ workload, edits: plan.edits });
  }
  if (planned.length === 0) return { text: source.text, changed, left, remarks };
  const text = requireSame(documents, planned, () =>
    tidyJson(before.text, applySplices(before.text, planned.flatMap(toSplices))),
  );
  return { text: `${mark}${text}`, changed, left, remarks };
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
  return findObjects(document).flatMap((object) => [...readWorkloads(object).workloads]);
}

type Planned = { workload: Workload; edits: readonly Writing[] };

function toSplices({ workload: { object, pod }, edits }: Planned): Splice[] {
  const { document } = object;
  return splicesFor({ document, style: styleOf(document, [...pod.path, 'containers']) }, edits);
}

/** Workloads that share a pod spec by an alias share its change. */
function applySplices(text: string, splices: readonly Splice[]): string {
  const unique = new Map(splices.map((one) => [`${one.start} ${one.end} ${one.text}`, one]));
  const ordered = [...unique.values()].toSorted(
    (one, other) => one.start - other.start || other.depth - one.depth,
  );
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
  const newline = before.includes('\r\n') ? '\r\n' : '\n';
  const format = (text: string): string =>
    JSON.stringify(JSON.parse(text), null, indent).replaceAll('\n', newline);
  try {
    if (format(before) !== before.trim()) return after;
    return before.replace(before.trim(), () => format(after));
  } catch {
    return after;
  }
}
