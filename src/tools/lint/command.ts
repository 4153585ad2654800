import { parseCommandLine } from '../../cli/program.ts';
import type { RunTool } from '../../system/tool.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { readSources } from '../manifest/source.ts';
import type { Severity } from './finding.ts';
import { severities } from './finding.ts';
import { lint, type LintOptions, type Report } from './lint.ts';
import { formatGithub } from './report/github.ts';
import { formatJson } from './report/json.ts';
import { formatSarif } from './report/sarif.ts';
import { formatText } from './report/text.ts';
import type { ParsedArguments } from './settings/arguments.ts';

export const formats = {
  text: formatText,
  json: formatJson,
  sarif: formatSarif,
  github: formatGithub,
} as const;

export type LintCommand = LintOptions & {
  /** Files, directories, `-`. */
  names: readonly string[];
  output: keyof typeof formats;
  /** The least severity that makes the exit code 5. */
  failOn: Severity;
};

/** `rehup lint`: reads, looks, prints. */
export async function runLint(
  { names, output, failOn, ...options }: LintCommand,
  { stdout }: Parameters<RunTool>[0],
): Promise<ExitCode> {
  const report = lint(await readSources(names), options, parseArguments);
  stdout.write(formats[output](report));
  return isFailure(report, failOn) ? exitCodes.findings : exitCodes.stopped;
}

function isFailure({ findings }: Report, failOn: Severity): boolean {
  const grave = severities.slice(0, severities.indexOf(failOn) + 1);
  return findings.some(({ severity }) => grave.includes(severity));
}

/** The arguments of a rehup container, read by the command line that it would read them by. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  if (argv.length === 0) return { command: 'run', flags: {} };
  let usage = '';
  const output = {
    out: () => {},
    error: (text: string) => {
      usage += text;
    },
  };
  const result = parseCommandLine(argv, output, '');
  if (result.command === 'none') {
    return { usage: usage.split('\n', 1)[0]?.replace(/^error: /, '') ?? 'prints help, and leaves' };
  }
  return result.command === 'tool'
    ? { command: 'tool', flags: {} }
    : { command: result.command, flags: result.flags };
}
