// The table of docs/programs.md, of the rows that test/integration/programs plays.
import type { ProgramRow, Result } from '../test/integration/programs/row.ts';

export function renderPrograms(rows: readonly ProgramRow[]): string {
  return [
    '| program | how it is started | with no setting | with the setting |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      (row) =>
        `| ${row.program} | ${row.started} | ${renderResult(row.unset)} | ${renderSet(row)} |`,
    ),
  ].join('\n');
}

function renderSet({ setting = {}, set }: ProgramRow): string {
  if (set === undefined) return '';
  const shown = Object.entries(setting).map(([name, value]) => `\`${name}=${value}\``);
  return `${shown.join(' ')}: ${renderResult(set)}`;
}

function renderResult({ outcome, target, check }: Result): string {
  const told = `\`${target}\``;
  if (outcome === 'reloaded') return `\`reloaded\`, ${told}`;
  const page = check === undefined ? `troubleshooting.md#${outcome}` : `doctor.md#${check}`;
  return `[\`${outcome}\`](${page}), ${told}`;
}
