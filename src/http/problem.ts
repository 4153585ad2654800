/** Why there is no answer, and what the user can do about it. Free of credentials. */
export class HttpProblem extends Error {
  readonly outcome: 'unreachable' | 'timed-out';
  readonly remedy: string;

  constructor(outcome: HttpProblem['outcome'], reason: string, remedy: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'HttpProblem';
    this.outcome = outcome;
    this.remedy = remedy;
  }
}
