import type { Fault } from './fault.ts';

/** What the process leaves with. The numbers are part of the contract. */
export const exitCodes = {
  stopped: 0,
  configuration: 2,
  nothingToWatch: 3,
  reloadFailed: 4,
  findings: 5,
  bug: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the run: the message is for the user, the code is for the kubelet. */
export class FatalError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FatalError';
    this.exitCode = exitCode;
  }
}

/** One thing wrong with the configuration. `option` is written as the user wrote it. */
export type ConfigProblem = {
  option: string;
  value: string | undefined;
  reason: string;
  /** The name under which docs/doctor.md explains it. */
  check?: Fault;
  /** Ways out, by variable, each of them complete; the best first. */
  fixes?: readonly SettingsFix[];
};

/** What to do to the settings of the sidecar. Holds no value that a user wrote. */
export type SettingsFix = {
  set?: Readonly<Record<string, string>>;
  unset?: readonly string[];
  rename?: { from: string; to: string };
};

export class ConfigError extends FatalError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join('\n'), exitCodes.configuration);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function formatProblem({ option, value, reason }: ConfigProblem): string {
  return value === undefined ? `${option}: ${reason}` : `${option}=${value}: ${reason}`;
}

export class NothingToWatchError extends FatalError {
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason, exitCodes.nothingToWatch);
    this.name = 'NothingToWatchError';
    this.remedy = remedy;
  }
}

/** What nobody expected, where all else goes on. */
export function describeBug(message: string): { reason: string; remedy: string } {
  return { reason: `a bug in rehup: ${message}`, remedy: 'report it; everything else goes on' };
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The errno name of a failed system call, `undefined` for anything else. */
export function errorCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
