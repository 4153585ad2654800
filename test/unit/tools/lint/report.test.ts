import { Ajv } from 'ajv';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../src/tools/lint/kinds.ts';
import type { Report } from '../../../../src/tools/lint/lint.ts';
import { formatGithub } from '../../../../src/tools/lint/report/github.ts';
import { formatJson } from '../../../../src/tools/lint/report/json.ts';
import { formatSarif } from '../../../../src/tools/lint/report/sarif.ts';
import { formatText, inColour } from '../../../../src/tools/lint/report/text.ts';

const report: Report = {
  workloads: 2,
  skipped: [{ file: 'chart/templates', reason: 'templates' }],
  findings: [
    {
      id: 'other-uid',
      severity: 'error',
      file: 'k8s/a b.yaml',
      line: 3,
      column: 5,
      document: 0,
      object: 'Deployment/my-app',
      path: 'spec.containers[1]',
      message: 'rehup runs as uid 1, and my-app as uid 2',
      why: '100% of the kernels',
      remedies: [
        { text: 'one uid', edits: [{ path: 'spec.runAsUser', value: 2 }] },
        {
          text: 'root',
          edits: [
            { path: 'spec.capabilities', value: { drop: ['ALL'], add: ['KILL'] } },
            { path: 'spec.list', value: ['off'] },
            { path: 'spec.env[0]', remove: true },
            { path: 'spec.containers[1]', moveFrom: 'spec.initContainers[0]' },
            { path: 'immutable', value: false, file: 'b.yaml', document: 0, object: 'ConfigMap/x' },
          ],
        },
      ],
    },
    {
      id: 'yaml-syntax',
      severity: 'note',
      file: '-',
      line: 1,
      column: 1,
      document: 1,
      object: '',
      path: '',
      message: 'no YAML',
      why: 'nothing can be said',
      remedies: [],
    },
  ],
};

const none: Report = { findings: [], workloads: 1, skipped: [] };

describe('as text', () => {
  it('is coloured for a terminal, and says the same', () => {
    const coloured = formatText(report, inColour);
    expect(coloured).toContain('\u001B[31merror\u001B[39m');
    expect(stripVTControlCharacters(coloured)).toBe(formatText(report));
  });

  it('is a paragraph for each finding, with the lines to change', () => {
    expect(formatText(report)).toBe(`chart/templates: skipped: templates
k8s/a b.yaml:3:5: error: rehup runs as uid 1, and my-app as uid 2 [other-uid]
  in: Deployment/my-app
  why: 100% of the kernels
  remedy: one uid
    spec.runAsUser: 2
  or: root
    spec.capabilities:
      drop:
        - ALL
      add:
        - KILL
    spec.list:
      - 'off'
    spec.env[0]: (remove)
    spec.containers[1]: (move from spec.initContainers[0])
    ConfigMap/x: immutable: false

stdin:1:1: note: no YAML [yaml-syntax]
  why: nothing can be said

2 workloads: 1 error, 1 note
`);
  });

  it('says that there is nothing', () => {
    expect(formatText(none)).toBe('1 workload: nothing found\n');
  });
});

describe('as JSON', () => {
  it('is the report', () => {
    expect(JSON.parse(formatJson(report))).toEqual(report);
  });
});

describe('as annotations of GitHub', () => {
  it('is one command a line, with what would end it escaped', () => {
    const [first = '', second, ...others] = formatGithub(report).split('\n');
    expect(first).toMatch(
      /^::error file=k8s\/a b\.yaml,line=3,col=5,title=rehup other-uid::rehup runs as uid 1, and my-app as uid 2%0AWhy: 100%25 of the kernels%0ARemedy: one uid \| spec\.runAsUser: 2%0AOr: root \| /,
    );
    expect(first).toContain('spec.capabilities: {"drop":["ALL"],"add":["KILL"]}');
    expect(second).toBe(
      '::notice file=stdin,line=1,col=1,title=rehup yaml-syntax::no YAML%0AWhy: nothing can be said',
    );
    expect(others).toEqual(['']);
    const [odd] = report.findings;
    const renamed = { ...none, findings: odd === undefined ? [] : [{ ...odd, file: 'a,b:c' }] };
    expect(formatGithub(renamed)).toContain('file=a%2Cb%3Ac,line=3');
  });
});

/** What SARIF 2.1.0 (OASIS) asks for of the properties that are used here. */
const text = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const strict = { type: 'object', additionalProperties: false };
const sarif = {
  ...strict,
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        ...strict,
        required: ['tool'],
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            ...strict,
            required: ['driver'],
            properties: {
              driver: {
                ...strict,
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  version: { type: 'string' },
                  informationUri: { type: 'string', pattern: '^https://' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      ...strict,
                      required: ['id'],
                      properties: {
                        id: { type: 'string' },
                        shortDescription: text,
                        helpUri: { type: 'string', pattern: '^https://' },
                        defaultConfiguration: { ...strict, properties: { level } },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              ...strict,
              required: ['message'],
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level,
                message: text,
                properties: { type: 'object' },
                locations: {
                  type: 'array',
                  items: {
                    ...strict,
                    properties: {
                      physicalLocation: {
                        ...strict,
                        properties: {
                          artifactLocation: {
                            ...strict,
                            properties: { uri: { type: 'string', pattern: '^[^ /][^ ]*$' } },
                          },
                          region: {
                            ...strict,
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                          },
                        },
                      },
                      logicalLocations: {
                        type: 'array',
                        items: {
                          ...strict,
                          properties: { fullyQualifiedName: { type: 'string' } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

describe('as SARIF', () => {
  it.each([report, none])('has the form that the standard asks for', (one) => {
    const validate = new Ajv().compile(sarif);
    validate(JSON.parse(formatSarif(one)));
    expect(validate.errors).toBeNull();
  });

  it('has a rule for each kind of finding, to which results refer', () => {
    const [run] = (JSON.parse(formatSarif(report)) as { runs: [Run] }).runs;
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(kinds.map(({ id }) => id));
    for (const { ruleId, ruleIndex } of run.results) {
      expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
    expect(run.results).toMatchObject([
      {
        ruleId: 'other-uid',
        level: 'error',
        message: { text: expect.stringMatching(/^rehup runs as uid 1.*\nWhy: /) },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'k8s/a%20b.yaml' },
              region: { startLine: 3, startColumn: 5 },
            },
          },
        ],
      },
      { ruleId: 'yaml-syntax', level: 'note' },
    ]);
  });
});

type Run = {
  tool: { driver: { rules: { id: string }[] } };
  results: { ruleId: string; ruleIndex: number }[];
};
