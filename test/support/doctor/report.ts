import type { Fault } from '../../../src/system/fault.ts';
import type { LineProcess } from '../line-process.ts';
import { ENVIRONMENT_CANARY, refuseCanaries } from '../canary.ts';
import { rehupCommand } from '../start-rehup.ts';

export interface Change {
  readonly path: string;
  /** YAML; `null`: remove. */
  readonly value: string | null;
  readonly where?: string;
}

export interface Remedy {
  readonly changes: readonly Change[];
  /** YAML documents to paste. */
  readonly manifest?: string;
  readonly note?: string;
}

export interface Problem {
  readonly id: Fault;
  readonly status: 'warn' | 'fail';
  readonly seen: string;
  readonly why: string;
  readonly remedy: string;
  readonly remedies: readonly Remedy[];
}

/** What `rehup doctor --output json` prints. */
export interface Report {
  readonly exitCode: number | null;
  /** Findings but those that passed. */
  readonly problems: readonly Problem[];
  readonly passed: readonly string[];
}

export function toDoctorCommand(env: Readonly<Record<string, string>>): string[] {
  const variables = Object.entries({ DATABASE_PASSWORD: ENVIRONMENT_CANARY, ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return ['env', ...variables, ...rehupCommand(['doctor', '--output', 'json'])];
}

interface Document {
  readonly findings: readonly (Problem | { status: 'pass'; id: string })[];
}

/** Waits for its end, and reads what it printed. */
export async function toReport(doctor: LineProcess): Promise<Report> {
  const { code } = await doctor.exited;
  const text = doctor.lines.join('\n');
  refuseCanaries([text, ...doctor.stderr]);
  if (!text.startsWith('{')) throw new Error(`no report: ${text}\n${doctor.stderr.join('\n')}`);
  const { findings } = JSON.parse(text) as Document;
  return {
    exitCode: code,
    problems: findings.filter((finding): finding is Problem => finding.status !== 'pass'),
    passed: findings.filter(({ status }) => status === 'pass').map(({ id }) => id),
  };
}
