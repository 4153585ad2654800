import type { RunTool } from '../../system/tool.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { readSources } from '../manifest/source.ts';
import type { Severity } from './finding.ts';
import { severities } from './finding.ts';
import { lint, type Report } from './lint.ts';
import { formatGithub } from './report/github.ts';
import { formatJson } from './report/json.ts';
import { formatSarif } from './report/sarif.ts';
import { formatText, inColour } from './report/text.ts';
import type { LintCommand, LintOutput } from './request.ts';
import type { ParseArguments } from './settings/arguments.ts';

const formats = {
  text: formatText,
  json: formatJson,
  sarif: formatSarif,
  github: formatGithub,
} as const satisfies Record<LintOutput, (report: Report) => string>;

/** `rehup lint`: reads, looks, prints. */
export async function runLint(
  { names, output, failOn, ...options }: LintCommand,
  { stdout, colors }: Parameters<RunTool>[0],
  parseArguments: ParseArguments,
): Promise<ExitCode> {
  const report = lint(await readSources(names), options, parseArguments);
  stdout.write(
    colors && output === 'text' ? formatText(report, inColour) : formats[output](report),
  );
  return isFailure(report, failOn) ? exitCodes.findings : exitCodes.stopped;
}

function isFailure({ findings }: Report, failOn: Severity): boolean {
  const grave = severities.slice(0, severities.indexOf(failOn) + 1);
  return findings.some(({ severity }) => grave.includes(severity));
}
