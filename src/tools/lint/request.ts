import type { Severity } from './finding.ts';
import type { LintOptions } from './lint.ts';

export type LintOutput = 'text' | 'json' | 'sarif' | 'github';

/** What was asked for on the command line. */
export type LintCommand = LintOptions & {
  /** Files, directories, `-`. */
  names: readonly string[];
  output: LintOutput;
  /** The least severity that makes the exit code 5. */
  failOn: Severity;
};
