import { relative, sep } from 'node:path';
import { escapeJson } from '../../../system/escape.ts';
import { version } from '../../../config/version.ts';
import { nameOf } from '../../manifest/source.ts';
import type { Finding } from '../finding.ts';
import { kinds } from '../kinds.ts';
import type { Report } from '../lint.ts';
import { describeRemedies } from './remedies.ts';

const HOME = 'https://github.com/rehup/rehup';

/** SARIF 2.1.0, as code scanning takes it. */
export function formatSarif({ findings }: Report): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'rehup lint', version, informationUri: HOME, rules } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(toResult),
      },
    ],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
}

const rules = kinds.map(({ id, severity, summary }) => ({
  id,
  shortDescription: { text: summary },
  helpUri: `${HOME}/blob/main/docs/lint.md#${id}`,
  defaultConfiguration: { level: severity },
}));

function toResult(finding: Finding): object {
  const { id, severity, message, why, file, line, column, object, path, remedies } = finding;
  return {
    ruleId: id,
    ruleIndex: kinds.findIndex((kind) => kind.id === id),
    level: severity,
    message: { text: [message, `Why: ${why}`, ...describeRemedies(finding)].join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(file) },
          region: { startLine: line, startColumn: column },
        },
        ...(object !== '' && { logicalLocations: [{ fullyQualifiedName: `${object} ${path}` }] }),
      },
    ],
    properties: { remedies },
  };
}

/** Relative to the working directory, which in CI is the repository. */
function toUri(file: string): string {
  const name = nameOf(file);
  return relative('.', name).split(sep).map(encodeURIComponent).join('/');
}
