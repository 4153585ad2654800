import { describe, expect, it } from 'vitest';
import { loadConfig, type RawInput } from '../../../src/config/load.ts';
import { environmentName } from '../../../src/config/option.ts';
import { optionNames, options, type Settings } from '../../../src/config/options.ts';
import { ConfigError, exitCodes } from '../../../src/system/errors.ts';

/** The settings of the only rule. */
function load(input: Partial<RawInput>): Settings {
  const [rule] = loadConfig({ flags: {}, env: {}, ...input }).rules;
  if (rule === undefined) throw new Error('there is always a rule');
  return rule.settings;
}

/** What is wrong with an input, as it is shown. */
function problemsOf(input: Partial<RawInput>): string[] {
  try {
    load(input);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}

describe('a setting', () => {
  it('comes from its flag before its variable before its default', () => {
    const flags = { settle: '1s' };
    const env = { REHUP_SETTLE: '2s' };
    expect(load({ flags, env }).settle).toBe(1000);
    expect(load({ env }).settle).toBe(2000);
    expect(load({}).settle).toBe(200);
  });

  it('comes from the file only where neither flag nor variable sets it', () => {
    const file = {
      values: { settle: '3s', poll: '7s', minAge: '1s' },
      rules: [{ name: 'default', values: { minAge: '2s' } }],
    };
    const { settle, poll, minAge } = load({ file, env: { REHUP_SETTLE: '2s' } });
    expect([settle, poll, minAge]).toEqual([2000, 7000, 2000]);
  });

  it('of an empty variable counts as not set', () => {
    expect(load({ env: { REHUP_SETTLE: '', REHUP_URL: '' } })).toMatchObject({ settle: 200 });
  });

  it('has its default without any input, as the contract says', () => {
    expect(load({})).toMatchObject({
      watch: 'auto',
      settle: 200,
      settleMax: 5000,
      minInterval: 0,
      watchMode: 'auto',
      poll: 5000,
      signal: { name: 'SIGHUP', number: 1 },
      url: undefined,
      target: { by: 'auto' },
      select: 'one',
      requireHandler: true,
      minAge: 0,
      survive: 1000,
      retries: Number.POSITIVE_INFINITY,
      retryDelay: 1000,
      retryMaxDelay: 60_000,
      listen: { port: 9533 },
      logLevel: 'info',
      logFormat: undefined,
      dryRun: false,
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(load({}))).toBe(true);
  });

  it('is read of other variables by no means', () => {
    expect(load({ env: { SETTLE: '9s', rehup_settle: '9s', PATH: '/bin' } }).settle).toBe(200);
  });
});

describe('every option', () => {
  it.each(optionNames)('%s has a default that its own parser reads', (name) => {
    const { default: fallback, parse } = { ...options[name] };
    expect(() => fallback === undefined || parse(fallback)).not.toThrow();
  });

  it.each(optionNames)('%s has a flag and a variable of its own', (name) => {
    const variable = environmentName(options[name].flag);
    expect(variable).toMatch(/^REHUP_[A-Z]+(?:_[A-Z0-9]+)*$/);
    const others = optionNames.filter((other) => other !== name);
    expect(others.map((other) => environmentName(options[other].flag))).not.toContain(variable);
  });
});

describe('problems', () => {
  it('are told all at once, each with option, value and reason', () => {
    const problems = problemsOf({
      flags: { poll: '1ms' },
      env: { REHUP_SIGNAL: 'SIGFOO', REHUP_SELECT: 'any', REHUP_SETLE: '1s' },
    });
    expect(problems).toHaveLength(4);
    expect(problems).toEqual(
      expect.arrayContaining([
        '--poll=1ms: must be at least 100ms',
        expect.stringMatching(/^REHUP_SIGNAL=SIGFOO: is not a signal; did you mean SIG\w+\?/),
        'REHUP_SELECT=any: is not one of one, oldest, all',
        expect.stringMatching(/^REHUP_SETLE: is not known; .*REHUP_SETTLE/),
      ]),
    );
  });

  it('end the run with the code for a bad configuration', () => {
    expect(() => load({ env: { REHUP_POLL: 'x' } })).toThrow(
      expect.objectContaining({ exitCode: exitCodes.configuration }),
    );
  });

  it('never show a value that may hold credentials', () => {
    const problems = problemsOf({
      env: { REHUP_URL: 'ftp://user:hunter2@host/', REHUP_HEADER: 'Bearer hunter2' },
    });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
    expect(problems.join()).toContain('has the scheme ftp; write http or https');
  });

  it('are two actions at once, and a ceiling below the quiet time', () => {
    const url = 'http://127.0.0.1/';
    expect(problemsOf({ env: { REHUP_SIGNAL: 'HUP', REHUP_URL: url } })).toEqual([
      expect.stringContaining('REHUP_SIGNAL and REHUP_URL'),
    ]);
    expect(problemsOf({ env: { REHUP_SETTLE: '9s' } })).toEqual([
      'REHUP_SETTLE: is longer than its ceiling REHUP_SETTLE_MAX',
    ]);
  });

  it.each([
    [{ REHUP_SETTLE: 'soon' }, 'REHUP_SETTLE=soon'],
    [
      { REHUP_CERT_FILE: 'tls.crt', REHUP_KEY_FILE: '/tls.key', REHUP_URL: 'http://a/' },
      'REHUP_CERT_FILE=tls.crt',
    ],
  ])('are not made up about what could not be read: %j', (env, problem) => {
    expect(problemsOf({ env })).toEqual([expect.stringContaining(problem)]);
  });

  it('are not the defaults of two actions', () => {
    expect(problemsOf({ env: { REHUP_URL: 'http://127.0.0.1/' } })).toEqual([]);
  });
});

describe('a setting of publishing that is for all rules', () => {
  const rules = [
    { name: 'one', values: { publish: '/published' } },
    { name: 'two', values: {} },
  ];

  it('means nothing to a rule that does not publish, and is no mistake', () => {
    expect(problemsOf({ file: { values: { first: 'publish' }, rules } })).toEqual([]);
    expect(problemsOf({ file: { values: {}, rules }, env: { REHUP_ACTION: 'none' } })).toEqual([]);
  });

  it('is a mistake where it is written in that rule, and where no rule publishes', () => {
    const own = [...rules, { name: 'three', values: { first: 'publish' } }];
    const words = 'REHUP_FIRST: means nothing without REHUP_PUBLISH';
    expect(problemsOf({ file: { values: {}, rules: own } }).join()).toContain(words);
    const none = { values: { first: 'publish' }, rules: rules.slice(1) };
    expect(problemsOf({ file: none }).join()).toContain(words);
  });
});

describe('a program that renders', () => {
  const publish = { REHUP_PUBLISH: '/published' };

  it('is told of both directories by its last arguments, or where it wants them', () => {
    for (const render of [
      '/bin/render',
      '["/bin/render", "{{in}}", "--to={{out}}"]',
      'r {{out}}',
    ]) {
      expect(problemsOf({ env: { ...publish, REHUP_RENDER: render } })).toEqual([]);
    }
  });

  it('has to be told where to write', () => {
    expect(problemsOf({ env: { ...publish, REHUP_RENDER: '/bin/render {{in}}' } })).toEqual([
      expect.stringMatching(/^REHUP_RENDER.*names \{\{in\}\}, and not \{\{out\}\}/),
    ]);
  });

  it('has nothing to render where nothing is published', () => {
    expect(problemsOf({ env: { REHUP_RENDER: '/bin/render' } })).toEqual([
      'REHUP_RENDER: means nothing without REHUP_PUBLISH: remove it, or set that',
    ]);
  });
});

describe('an unknown variable', () => {
  it.each([
    ['REHUP_SINGAL', 'REHUP_SIGNAL'],
    ['REHUP_WATCHMODE', 'REHUP_WATCH_MODE'],
    ['REHUP_RETRY_MAXDELAY', 'REHUP_RETRY_MAX_DELAY'],
    ['REHUP_LOGLEVEL', 'REHUP_LOG_LEVEL'],
  ])('%s is refused with the suggestion %s', (name, suggestion) => {
    const [problem = ''] = problemsOf({ env: { [name]: 'x' } });
    expect(problem).toMatch(new RegExp(`^${name}: is not known; .*\\b${suggestion}\\b`));
  });

  it('is refused even when it is empty: its name is the mistake', () => {
    expect(problemsOf({ env: { REHUP_SINGAL: '' } })).toHaveLength(1);
  });

  it('is never shown with its value', () => {
    expect(problemsOf({ env: { REHUP_PASSWORD: 'hunter2' } }).join()).not.toContain('hunter2');
  });

  it.each([
    'REHUP_PORT',
    'REHUP_SERVICE_HOST',
    'REHUP_SERVICE_PORT',
    'REHUP_SERVICE_PORT_METRICS',
    'REHUP_PORT_9533_TCP',
    'REHUP_PORT_9533_TCP_PROTO',
    'REHUP_PORT_9533_TCP_PORT',
    'REHUP_PORT_9533_TCP_ADDR',
    'REHUP_PORT_53_UDP_ADDR',
    'REHUP_METRICS_PORT',
    'REHUP_METRICS_SERVICE_HOST',
    'REHUP_METRICS_PORT_9533_TCP_ADDR',
  ])('%s is none: the kubelet adds it for a Service of the namespace', (name) => {
    expect(problemsOf({ env: { [name]: 'tcp://10.0.0.1:9533' } })).toEqual([]);
  });
});
