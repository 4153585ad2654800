import type { Finding, ReportedEdit } from '../finding.ts';

/** The remedies in one line each, for formats that have no room for a structure. */
export function describeRemedies({ remedies }: Finding): string[] {
  return remedies.map(({ text, edits }, index) => {
    const label = index === 0 ? 'Remedy' : 'Or';
    return [`${label}: ${text}`, ...edits.map(describeEdit)].join(' | ');
  });
}

function describeEdit(edit: ReportedEdit): string {
  const place = edit.object === undefined ? '' : `${edit.object}: `;
  if ('remove' in edit) return `${place}${edit.path}: (remove)`;
  if ('moveFrom' in edit) return `${place}${edit.path}: (move from ${edit.moveFrom})`;
  return `${place}${edit.path}: ${JSON.stringify(edit.value)}`;
}
