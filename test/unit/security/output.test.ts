// What others name is text, and nothing else, wherever it is shown.
import { describe, expect, it } from 'vitest';
import type { Finding as DoctorFinding } from '../../../src/doctor/finding.ts';
import { renderJson } from '../../../src/doctor/report/json.ts';
import { renderText } from '../../../src/doctor/report/text.ts';
import { formatGithub } from '../../../src/tools/lint/report/github.ts';
import { formatJson } from '../../../src/tools/lint/report/json.ts';
import { formatSarif } from '../../../src/tools/lint/report/sarif.ts';
import { formatText } from '../../../src/tools/lint/report/text.ts';
import type { Report } from '../../../src/tools/lint/lint.ts';
import { formatReport, remark } from '../../../src/tools/simulate/report.ts';
import { findCommands, findSteering, HOSTILE_NAME } from '../../support/plain-output.ts';

const names = [
  HOSTILE_NAME,
  '::error file=x::owned',
  '\n  ::set-output name=a::b',
  '##[group]owned',
  '\u001b[31m',
];

const reportOf = (name: string): Report => ({
  workloads: 1,
  skipped: [{ file: name, reason: name }],
  findings: [
    {
      id: 'no-handler',
      severity: 'error',
      file: name,
      line: 1,
      column: 1,
      object: name,
      path: name,
      message: name,
      why: name,
      remedies: [
        {
          text: name,
          edits: [
            { object: name, path: name, value: { [name]: [name] } },
            { path: name, value: name },
            { path: name, moveFrom: name },
            { path: name, remove: true },
          ],
        },
      ],
    },
  ] as unknown as Report['findings'],
});

const findingsOf = (name: string): DoctorFinding[] =>
  [
    { status: 'pass', check: 'target', seen: name },
    {
      status: 'fail',
      check: 'target',
      id: 'target-not-found',
      rule: name,
      seen: name,
      remedy: name,
      remedies: [
        { changes: [{ where: name, path: name, value: name }], note: name },
        { changes: [], manifest: [{ metadata: { name } }] },
      ],
    },
  ] as unknown as DoctorFinding[];

const outputs: [string, (name: string) => string][] = [
  ['lint as text', (name) => formatText(reportOf(name))],
  ['lint as SARIF', (name) => formatSarif(reportOf(name))],
  ['lint as JSON', (name) => formatJson(reportOf(name))],
  [
    'doctor',
    (name) => renderText(findingsOf(name), { version: '1', unicode: true, colors: false }),
  ],
  ['doctor as JSON', (name) => renderJson(findingsOf(name), '1')],
  ['simulate', (name) => formatReport(remark('start', name, name), 0, 'text')],
  ['simulate as JSON', (name) => formatReport(remark('start', name, name), 0, 'json')],
];

describe('the output of', () => {
  it.each(outputs)('%s takes no name for more than text', (_, print) => {
    for (const name of names) {
      const text = print(name);
      expect(text).not.toBe('');
      expect(findSteering(text)).toEqual([]);
      expect(findCommands(text)).toEqual([]);
    }
  });

  it('lint for GitHub is one command for each finding, whatever the names are', () => {
    for (const name of names) {
      const text = formatGithub(reportOf(name));
      expect(text.trimEnd().split('\n')).toHaveLength(1);
      expect(text).toMatch(/^::error file=[^,:]+,line=1,col=1,title=rehup no-handler::/);
      expect(findSteering(text)).toEqual([]);
    }
  });
});
