import type { Failure } from '../../outcome.ts';

/** What a machine can make of a problem. */
type Facts = Pick<Failure, 'check' | 'set' | 'busyMs'>;

/** Why there is no answer, and what the user can do about it. Free of credentials. */
export class HttpProblem extends Error {
  readonly outcome: 'unreachable' | 'timed-out';
  readonly remedy: string;
  readonly facts: Facts;

  constructor(
    outcome: HttpProblem['outcome'],
    reason: string,
    remedy: string,
    { cause, ...facts }: Facts & { cause?: unknown } = {},
  ) {
    super(reason, { cause });
    this.name = 'HttpProblem';
    this.outcome = outcome;
    this.remedy = remedy;
    this.facts = { check: 'url-failed', ...facts };
  }
}
