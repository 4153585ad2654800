import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../../src/config/file.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { ConfigError } from '../../../src/system/errors.ts';

const parse = (text: string): ReturnType<typeof parseConfigFile> =>
  parseConfigFile(text, '/etc/rehup/rules.yaml');

function problemsOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a configuration file', () => {
  it('gives values as they would be written on the command line', () => {
    const file = parse(`
settle: 100ms
listen: off
rules:
  - name: main
    watch: [/etc/a, /etc/b]
    requireHandler: false
    retries: 3
  - name: other
    header:
      - "X-One: 1"
      - "X-Two: 2"
`);
    expect(file).toEqual({
      values: { settle: '100ms', listen: 'off' },
      rules: [
        { name: 'main', values: { watch: '/etc/a,/etc/b', requireHandler: 'false', retries: '3' } },
        { name: 'other', values: { header: 'X-One: 1\nX-Two: 2' } },
      ],
    });
  });

  it('without rules is one rule called default', () => {
    expect(parse('signal: USR1')).toEqual({
      values: { signal: 'USR1' },
      rules: [{ name: 'default', values: {} }],
    });
  });

  it.each([
    ['', ['/etc/rehup/rules.yaml: holds no options; write rules: [...]']],
    ['- a', ['/etc/rehup/rules.yaml: holds no options; write rules: [...]']],
    ['rules: {}', ['/etc/rehup/rules.yaml: rules: is not a list of rules']],
    ['rules: []', ['/etc/rehup/rules.yaml: rules: is not a list of rules']],
    ['rules: [main]', ['/etc/rehup/rules.yaml: rules[0]: is not a rule; write name: and options']],
    [
      'rules: [{name: Main}]',
      [
        '/etc/rehup/rules.yaml: rules[0].name: every rule needs a name of lower-case letters, digits and hyphens',
      ],
    ],
    ['rules: [{name: a}, {name: a}]', ['/etc/rehup/rules.yaml: rules=a: is the name of two rules']],
    [
      'rules: [{name: a, listen: ":1"}]',
      ['/etc/rehup/rules.yaml: rules[0]: listen: belongs to the process, not into a rule'],
    ],
    ['config: /x', ['/etc/rehup/rules.yaml: config: belongs to the process, not into a rule']],
    [
      'setle: 1s\nrules: [{name: a, signl: HUP}]',
      [
        '/etc/rehup/rules.yaml: setle: is not known; did you mean settle?',
        '/etc/rehup/rules.yaml: rules[0]: signl: is not known; did you mean signal?',
      ],
    ],
    ['watch: &a [/x, *a]', ['/etc/rehup/rules.yaml: watch: is not a plain value']],
    ['exec: &a [/x, *a]', ['/etc/rehup/rules.yaml: exec: is not a plain value']],
    [
      '%YAML 1.1\n--- !!set {watch}',
      ['/etc/rehup/rules.yaml: holds no options; write rules: [...]'],
    ],
    ['signal: {name: HUP}', ['/etc/rehup/rules.yaml: signal: is not a plain value']],
  ])('%j is refused with every problem there is', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('whose keys are mappings themselves is refused at once, however deep they go', () => {
    const nested = '? '.repeat(100);
    expect(problemsOf(`${nested}a`)).toEqual([expect.stringContaining('a key is not plain text')]);
  });

  it('that is not YAML is refused with line and column, and without its content', () => {
    const [problem] = problemsOf('rules:\n  - name: a\n   password: "hunter2');
    expect(problem).toMatch(/^\/etc\/rehup\/rules\.yaml: is not YAML at line \d+, column \d+: /);
    expect(problem).not.toContain('hunter2');
  });
});

describe('values from a file', () => {
  const file = parse('signal: USR1\nsettle: 1s\nrules: [{name: a, signal: USR2}, {name: b}]');
  const signals = (input: Partial<Parameters<typeof loadConfig>[0]>): string[] =>
    loadConfig({ flags: {}, env: {}, file, ...input }).rules.map(
      ({ settings }) => settings.signal.name,
    );

  it('of a rule win over the top of the file, which wins over the default', () => {
    expect(signals({})).toEqual(['SIGUSR2', 'SIGUSR1']);
    expect(loadConfig({ flags: {}, env: {}, file }).settings.settle).toBe(1000);
  });

  it('give way to the environment, and that to a flag', () => {
    const env = { REHUP_SIGNAL: 'WINCH' };
    expect(signals({ env })).toEqual(['SIGWINCH', 'SIGWINCH']);
    expect(signals({ env, flags: { signal: 'INT' } })).toEqual(['SIGINT', 'SIGINT']);
  });

  it('are named by their place when they cannot be used', () => {
    const broken = parse('survive: soon\nrules: [{name: a, signal: NOPE, url: "http://u:pw@h/"}]');
    const load = (): unknown => loadConfig({ flags: {}, env: {}, file: broken });
    expect(load).toThrow(/^the file: survive=soon: is not a duration/m);
    expect(load).toThrow(/^rule a: signal=NOPE: is not a signal/m);
    expect(load).not.toThrow(/pw/);
  });

  it('may not name two actions in one rule', () => {
    const two = parse(
      'rules: [{name: a, signal: HUP, url: "http://h/"}, {name: b, url: "http://h/"}]',
    );
    expect(() => loadConfig({ flags: {}, env: {}, file: two })).toThrow(
      'REHUP_SIGNAL and REHUP_URL: are two actions',
    );
  });
});
