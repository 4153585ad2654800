import type { Fault } from '../system/fault.ts';
import type { Failure } from '../sidecar/outcome.ts';
import type { Remedy } from './remedy.ts';

/** What is looked at, in the order in which a reload needs it. */
export const checkNames = [
  'settings',
  'volume',
  'watch',
  'process-namespace',
  'target',
  'app-mount',
  'handler',
  'permission',
  'restart-rule',
  'url',
  'exec',
  'publish',
  'listen',
  'state-directory',
  'clock',
  'last-reload',
  'token',
  'api',
] as const;

export type CheckName = (typeof checkNames)[number];

/** What a check came to, on one subject. */
export type Finding = Pass | Problem;

type Common = {
  check: CheckName;
  /** Where there are several rules. */
  rule?: string;
  /** What was seen. Free of contents and credentials. */
  seen: string;
};

export type Pass = Common & { status: 'pass' };

export type Problem = Common & {
  /** `fail`: a reload does not work, or will not. `warn`: it works, but not as one would think. */
  status: 'warn' | 'fail';
  id: Fault;
  /** In one sentence, as the log has it. */
  remedy: string;
  /** The same to the letter, where it can be: ways out, each of them complete; the best first. */
  remedies: readonly Remedy[];
};

/** A finding that is not yet told of which check and rule it is. */
export type Bare = Omit<Pass, 'check' | 'rule'> | Omit<Problem, 'check' | 'rule'>;

export function pass(seen: string): Bare {
  return { status: 'pass', seen };
}

type Words = { seen: string; remedy: string; remedies?: readonly Remedy[] };

export function fail(id: Fault, { remedies = [], ...words }: Words): Bare {
  return { status: 'fail', id, remedies, ...words };
}

export function warn(id: Fault, { remedies = [], ...words }: Words): Bare {
  return { status: 'warn', id, remedies, ...words };
}

/** In the words of the running daemon, which meets the same. */
export function failAs(failure: Failure, fallback: Fault, remedies: readonly Remedy[] = []): Bare {
  const { reason, remedy = 'look at the log of rehup', check = fallback } = failure;
  return fail(check, { seen: reason, remedy, remedies });
}
