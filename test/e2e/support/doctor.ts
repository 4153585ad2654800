import { parse } from 'yaml';

import type { Problem, Remedy } from '../../support/doctor/report.ts';
import type { PodManifest } from './pod-spec.ts';
import type { Pod } from './pod.ts';

export interface DoctorReport {
  readonly exitCode: number;
  readonly problems: readonly Problem[];
}

interface Document {
  readonly findings: readonly (Problem | { status: 'pass' })[];
}

/** `rehup doctor`, as a user would call it. */
export async function runDoctor(pod: Pod): Promise<DoctorReport> {
  const command = ['rehup', 'doctor', '--output', 'json'];
  const { stdout, exitCode } = await pod.exec('rehup', ...command).then(
    (text) => ({ stdout: text, exitCode: 0 }),
    (error: { stdout?: string; exitCode?: number }) => ({
      stdout: error.stdout ?? '',
      exitCode: error.exitCode ?? -1,
    }),
  );
  if (!stdout.startsWith('{')) throw new Error(`no report: exit code ${exitCode}\n${stdout}`);
  const { findings } = JSON.parse(stdout) as Document;
  return {
    exitCode,
    problems: findings.filter((finding): finding is Problem => finding.status !== 'pass'),
  };
}

/** The same pod with what a remedy says, by its paths and values alone. */
export function applyRemedy(manifest: PodManifest, { changes }: Remedy): PodManifest {
  const pod = structuredClone(manifest) as unknown as Fields;
  for (const { path, value } of changes) {
    change(pod, parsePath(path), value === null ? undefined : parse(value));
  }
  return pod as unknown as PodManifest;
}

type Fields = Record<string, unknown>;
type Segment = { field: string; by: string | undefined; is: string | undefined };

/** `spec.containers[name=app].env` */
function parsePath(path: string): Segment[] {
  const segments = path.matchAll(/(?<field>\w+)(?:\[(?<by>\w+)=(?<is>[^\]]+)\])?\.?/g);
  return [...segments].map(({ groups }) => ({
    field: groups?.['field'] ?? '',
    by: groups?.['by'],
    is: groups?.['is'],
  }));
}

function change(at: Fields, [segment, ...rest]: readonly Segment[], value: unknown): void {
  if (segment === undefined) return;
  const { field, by, is } = segment;
  if (by === undefined) {
    if (rest.length > 0) change((at[field] ??= {}) as Fields, rest, value);
    else at[field] = Array.isArray(value) ? merge(at[field] as Fields[], value, field) : value;
    return;
  }
  const items = (at[field] ?? []) as Fields[];
  const found = items.find((item) => item[by] === is);
  if (rest.length > 0 && found) change(found, rest, value);
  else at[field] = items.filter((item) => item !== found);
}

/** As the API server merges lists: what has the same key is replaced. */
function merge(before: readonly Fields[] = [], added: readonly Fields[], field: string): Fields[] {
  const key = field === 'volumeMounts' ? 'mountPath' : 'name';
  const keys = added.map((item) => item[key]);
  return [...before.filter((item) => !keys.includes(item[key])), ...added];
}
