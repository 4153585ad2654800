import { showText } from '../../../system/show.ts';
import { nameOf } from '../../manifest/source.ts';
import type { Finding } from '../finding.ts';
import type { Report } from '../lint.ts';
import { describeRemedies } from './remedies.ts';

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** Workflow commands: GitHub shows them at the lines of a pull request. */
export function formatGithub({ findings }: Report): string {
  return findings.map(formatFinding).join('');
}

function formatFinding(finding: Finding): string {
  const { severity, id, file, line, column, message, why } = finding;
  const properties = { file: nameOf(file), line, col: column, title: `rehup ${id}` };
  const list = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(showText(String(value)))}`,
  );
  const text = [message, `Why: ${why}`, ...describeRemedies(finding)].map(showText).join('\n');
  return `::${COMMANDS[severity]} ${list.join(',')}::${escapeText(text)}\n`;
}

/** What the runner takes for the end of a message (actions/toolkit, command.ts). */
function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
