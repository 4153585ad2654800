import { type ManifestDocument, parseManifests } from '../manifest/document.ts';
import type { Edit } from '../manifest/edit.ts';
import { positionOf } from '../manifest/locate.ts';
import { describeObject, findObjects } from '../manifest/object.ts';
import type { Platform } from '../manifest/openshift.ts';
import { formatPath } from '../manifest/path.ts';
import { findSidecar } from '../manifest/sidecar.ts';
import type { Skipped, Sources } from '../manifest/source.ts';
import { readWorkloads, type Workload } from '../manifest/workload.ts';
import type { Finding, Found, Kind, Remedy, ReportedEdit } from './finding.ts';
import { checks, syntaxProblem } from './kinds.ts';
import { findNoSidecar, noSidecar } from './no-sidecar.ts';
import { indexObjects, type ObjectIndex } from './objects.ts';
import type { ParseArguments } from './settings/arguments.ts';
import { readSettings } from './settings/read.ts';
import type { Subject } from './subject.ts';

export type LintOptions = {
  /** Minor version of Kubernetes 1, where it is given. */
  kubernetes: number | undefined;
  platform?: Platform | undefined;
  /** Ids that are left out. */
  ignore: readonly string[];
};

export type Report = {
  /** In the order of files and lines. */
  findings: readonly Finding[];
  /** How many workloads there were. */
  workloads: number;
  /** What was not looked at. */
  skipped: readonly Skipped[];
};

/** Text of manifests → findings. Pure, but for the parser of command lines, which is passed in. */
export function lint(
  { sources, skipped }: Sources,
  { kubernetes, platform, ignore }: LintOptions,
  parseArguments: ParseArguments,
): Report {
  const documents = sources.flatMap(parseManifests);
  const objects = documents.flatMap(findObjects);
  const read = objects.map((object) => ({ object, ...readWorkloads(object) }));
  const workloads = read.flatMap((one) => [...one.workloads]);
  const unread = read.flatMap(({ object, remark }) =>
    remark === undefined ? [] : [{ file: object.document.file, reason: remark }],
  );
  const context = { kubernetes, platform, objects: indexObjects(objects), parseArguments };
  const findings = [
    ...documents.filter(isManifest).flatMap(findSyntaxProblems),
    ...workloads.flatMap((workload) => lintWorkload(workload, context)),
  ];
  return {
    findings: findings.filter(({ id }) => !ignore.includes(id)).toSorted(byPlace),
    workloads: workloads.length,
    skipped: [...skipped, ...others(documents), ...unread],
  };
}

/** Of what cannot be read: somebody means it to be a manifest, as it is. */
function isManifest({ text }: ManifestDocument): boolean {
  return !isTemplate(text) && /^[ \t]*(?:- )?["']?(?:apiVersion|kind)["']?[ \t]*:/m.test(text);
}

function isTemplate(text: string): boolean {
  return text.includes('{{');
}

/** Files that cannot be read and are none, each once. */
function others(documents: readonly ManifestDocument[]): Skipped[] {
  const broken = documents.filter((one) => one.problems.length > 0 && !isManifest(one));
  const reasons = broken.map(({ file, text }) => {
    const reason = isTemplate(text)
      ? 'is a template, and no YAML yet: lint what comes out of it, as in helm template CHART | rehup lint -'
      : 'is neither YAML nor a manifest';
    return [file, { file, reason }] as const;
  });
  return [...new Map(reasons).values()];
}

type Context = Pick<LintOptions, 'kubernetes' | 'platform'> & {
  objects: ObjectIndex;
  parseArguments: ParseArguments;
};

function lintWorkload(workload: Workload, context: Context): Finding[] {
  const { pod, object } = workload;
  const rehup = findSidecar(pod);
  if (rehup === undefined) {
    return findNoSidecar(workload, context).map((found) => report(workload, noSidecar, found));
  }
  const { namespace } = object;
  const subject: Subject = {
    workload,
    pod,
    rehup,
    others: pod.containers.filter((one) => one !== rehup && one.role !== 'init'),
    settings: readSettings({ ...context, document: object.document, pod, rehup, namespace }),
    objects: context.objects,
    kubernetes: context.kubernetes,
    platform: context.platform,
  };
  const found = checks.flatMap((check) =>
    check.find(subject).map((one) => report(workload, check, one)),
  );
  // Several rules may stumble over the same.
  return [...new Map(found.map((one) => [`${one.id} ${one.path} ${one.message}`, one])).values()];
}

function findSyntaxProblems(document: ManifestDocument): Finding[] {
  const { file, index, problems } = document;
  return problems.slice(0, 1).map(({ reason, line, column }) => ({
    id: syntaxProblem.id,
    severity: syntaxProblem.severity,
    file,
    line,
    column,
    document: index,
    object: '',
    path: '',
    message: reason,
    why: 'nothing can be said of this document; the others are read',
    remedies: [{ text: 'correct the YAML', edits: [] }],
  }));
}

function report({ object }: Workload, { id, severity }: Kind, found: Found): Finding {
  const document = found.document ?? object.document;
  return {
    id,
    severity: found.severity ?? severity,
    file: document.file,
    ...positionOf(document, found.path),
    document: object.document.index,
    object: describeObject(object),
    path: formatPath(found.path),
    message: found.message,
    why: found.why,
    remedies: found.remedies.map(reportRemedy),
  };
}

function reportRemedy({ text, edits, elsewhere }: Remedy): Finding['remedies'][number] {
  const place = elsewhere && {
    file: elsewhere.document.file,
    document: elsewhere.document.index,
    object: elsewhere.object,
  };
  return { text, edits: edits.map((edit) => ({ ...formatEdit(edit), ...place })) };
}

function formatEdit(edit: Edit): ReportedEdit {
  const path = formatPath(edit.path);
  if ('moveFrom' in edit) return { path, moveFrom: formatPath(edit.moveFrom) };
  return { ...edit, path };
}

function byPlace(one: Finding, other: Finding): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column;
}
