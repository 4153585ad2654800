import type { Fault } from './fault.ts';

/** What the process leaves with. The numbers are part of the contract. */
export const exitCodes = {
  stopped: 0,
  configuration: 2,
  nothingToWatch: 3,
  reloadFailed: 4,
  findings: 5,
  bug: 70,
  /** For the kubelet: a RestartAllContainers rule on it restarts the pod in place. */
  restartPod: 88,
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
export function describeBug(error: unknown): { reason: string; remedy: string } {
  return {
    reason: `a bug in rehup: ${locateBug(error)}`,
    remedy: 'report it; everything else goes on',
  };
}

/** What was thrown, and where. */
export function locateBug(thrown: unknown): string {
  const reason = reasonOf(thrown);
  const { name, message, stack = '' } = toError(thrown);
  // The engine's words for what is not there; those of Node, with codes, quote what they were given.
  const isEngines = ['TypeError', 'RangeError', 'ReferenceError'].includes(name) && reason === name;
  const header = stack.indexOf(message) + message.length;
  const [place] = /(?<=^ {4}at ).*/m.exec(stack.slice(header)) ?? [];
  return `${isEngines ? `${name}: ${message}` : reason}${place === undefined ? '' : ` at ${place}`}`;
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

/** An error that says in our own words what is wrong: these may be shown anywhere. */
export class Plain extends Error {}

/**
 * What may be told of any error: the system's code for it, or our own words. Never the message of a
 * parser or of a library: it may quote what it was given, and that may be a secret.
 */
export function reasonOf(thrown: unknown): string {
  const code = errorCode(thrown);
  if (code !== undefined) return code;
  if (thrown instanceof Plain) return thrown.message;
  return thrown instanceof Error ? thrown.name : 'an unknown error';
}
