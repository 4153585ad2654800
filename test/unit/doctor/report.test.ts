import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Finding } from '../../../src/doctor/finding.ts';
import { renderJson } from '../../../src/doctor/report/json.ts';
import { renderText, showsUnicode } from '../../../src/doctor/report/text.ts';
import { describeChange, toYaml } from '../../../src/doctor/report/yaml.ts';
import { whys } from '../../../src/doctor/why.ts';
import { faults } from '../../../src/system/fault.ts';

const role = { kind: 'Role', rules: [{ verbs: ['get'] }] };
const findings: Finding[] = [
  { check: 'settings', status: 'pass', seen: 'all at their defaults' },
  {
    check: 'permission',
    status: 'fail',
    id: 'other-uid',
    rule: 'app',
    seen: 'rehup runs as uid 1',
    remedy: 'run it as uid 2',
    remedies: [
      {
        changes: [
          { path: 'spec.a', value: 2 },
          { path: 'spec.b', value: null },
        ],
        note: 'restricted',
      },
      { changes: [{ path: 'spec.a', value: { add: ['KILL'] } }] },
    ],
  },
  {
    check: 'api',
    status: 'warn',
    id: 'api-forbidden',
    seen: 'a verb is missing',
    remedy: 'grant it',
    remedies: [{ changes: [], manifest: [role] }],
  },
];

describe('the report as text', () => {
  it('is a line for each check, and what to do below', () => {
    const text = renderText(findings, { version: '1.2.3', unicode: true, colors: false });
    expect(text).toBe(`rehup 1.2.3

✓ settings: all at their defaults
✗ other-uid [app]: rehup runs as uid 1
    why     ${whys['other-uid']}
    remedy  run it as uid 2
    change  spec.a: 2
            remove spec.b
            (restricted)
    or      spec.a: {add: [KILL]}
! api-forbidden: a verb is missing
    why     ${whys['api-forbidden']}
    remedy  grant it
    apply
      kind: Role
      rules:
        - verbs:
            - get

1 failed, 1 to look at, 1 passed
Paths are those of a Pod; in a workload they lie below spec.template, and a native sidecar is in spec.initContainers.
First of all: run it as uid 2 (other-uid)
`);
  });

  it('does not let a name move the cursor', () => {
    const finding: Finding = { check: 'target', status: 'pass', seen: 'a\u001b[2Jb\nc' };
    const text = renderText([finding], { version: '1', unicode: true, colors: false });
    expect(text).toContain('✓ target: a\\u{1b}[2Jb\\u{a}c\n');
  });

  it('does without more than ASCII', () => {
    const text = renderText(findings, { version: '1.2.3', unicode: false, colors: false });
    expect(text).toMatch(/^ok settings: /m);
    expect(text).toMatch(/^X {2}other-uid /m);
    expect(text).toMatch(/^! {2}api-forbidden: /m);
    // oxlint-disable-next-line no-control-regex
    expect(text).toMatch(/^[\u0000-\u007f]*$/);
  });

  it.each([
    [{}, true],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'C.UTF-8', LC_ALL: 'POSIX' }, false],
  ])('for %j shows more than ASCII: %s', (env, shows) => {
    expect(showsUnicode(env)).toBe(shows);
  });
});

describe('the report as JSON', () => {
  it('has the same, with values that are YAML', () => {
    const { version, findings: shown } = JSON.parse(renderJson(findings, '1.2.3')) as {
      version: string;
      findings: { id: string; remedies?: { manifest?: string }[] }[];
    };
    expect(version).toBe('1.2.3');
    expect(shown.map(({ id }) => id)).toEqual(['settings', 'other-uid', 'api-forbidden']);
    expect(shown[1]).toMatchObject({
      status: 'fail',
      rule: 'app',
      why: whys['other-uid'],
      remedy: 'run it as uid 2',
      remedies: [
        {
          changes: [
            { path: 'spec.a', value: '2' },
            { path: 'spec.b', value: null },
          ],
          note: 'restricted',
        },
        { changes: [{ path: 'spec.a', value: '{add: [KILL]}' }] },
      ],
    });
    const [document] = parseAllDocuments(shown[2]?.remedies?.[0]?.manifest ?? '');
    expect(document?.toJS()).toEqual(role);
  });
});

describe('a change in YAML', () => {
  it.each([
    [true],
    [4001],
    ['1s'],
    ['8080'],
    ['yes: no'],
    ['*.conf'],
    [[{ name: 'REHUP_RETRIES', value: '0' }]],
    [[{ name: 'REHUP_LISTEN', value: 'off' }]],
    [{ runAsUser: 0, capabilities: { drop: ['ALL'] } }],
  ])('keeps its value: %j', (value) => {
    const text = toYaml(value);
    expect(text).not.toContain('\n');
    expect(parse(text)).toEqual(value);
    expect(parse(text, { version: '1.1' })).toEqual(value);
  });

  it('says where it is, if it is not the pod spec', () => {
    const change = { where: 'sysctl of the node', path: 'fs.inotify.max_user_instances', value: 8 };
    expect(describeChange(change)).toBe('sysctl of the node: fs.inotify.max_user_instances: 8');
  });
});

describe('every fault', () => {
  it.each(faults)('%s has a reason to matter', (fault) => {
    expect(whys[fault]).toMatch(/^[^.]{20,}[^.\s]$/);
  });
});
