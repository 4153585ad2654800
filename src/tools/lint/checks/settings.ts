import { isScalar } from 'yaml';
import { locate } from '../../manifest/locate.ts';
import type { Path } from '../../manifest/path.ts';
import type { Workload } from '../../manifest/workload.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import type { SettingId } from '../settings/problems.ts';

const SUMMARIES: Readonly<Record<SettingId, string>> = {
  'setting-invalid': 'a setting of rehup cannot be read',
  'setting-unknown': 'a REHUP_ variable does not exist',
  'setting-conflict': 'settings of rehup contradict each other, or do nothing',
  'config-file-invalid': 'the file of REHUP_CONFIG cannot be used',
};

/** Whether rehup would start: what is said here is what it would say. */
export const settingChecks: readonly Check[] = [
  ...(Object.keys(SUMMARIES) as SettingId[]).map((id): Check => ({
    id,
    severity: 'error',
    summary: SUMMARIES[id],
    find: ({ settings }) => settings.problems.filter((problem) => problem.id === id),
  })),
  {
    id: 'env-value-not-string',
    severity: 'error',
    summary: 'the value of a variable of rehup is not a string',
    find: ({ rehup, workload }) =>
      rehup.variables.flatMap(({ name, path, value }): Found[] => {
        if (value === undefined || value === null || typeof value === 'string') return [];
        const text = sourceOf(workload, [...path, 'value']) ?? JSON.stringify(value);
        return [
          {
            path: [...path, 'value'],
            message: `the value of ${name} is a ${typeof value}, not a string`,
            why: 'the API server takes strings only; YAML reads an unquoted number, true, false, yes, no, on or off as something else',
            remedies: [{ text: 'quote it', edits: [{ path: [...path, 'value'], value: text }] }],
          },
        ];
      }),
  },
];

/** As it is written: `off` is a boolean, and shall become the text off. */
function sourceOf({ object }: Workload, path: Path): string | undefined {
  const { node } = locate(object.document.yaml, path);
  return isScalar(node) ? node.source : undefined;
}
