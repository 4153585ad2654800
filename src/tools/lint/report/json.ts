import { escapeJson } from '../../../system/escape.ts';
import type { Report } from '../lint.ts';

/** For programs: the report as it is. */
export function formatJson(report: Report): string {
  return `${escapeJson(JSON.stringify(report, null, 2))}\n`;
}
