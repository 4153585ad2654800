import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as parse from '../../../src/config/parse.ts';
import { accepted } from '../../support/accepted.ts';

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['250ms', 250],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1m30s', 90_000],
    ['1h1m1s1ms', 3_661_001],
    ['2147483647ms', 2_147_483_647],
  ])('reads %s as %i ms', (raw, ms) => {
    expect(parse.parseDuration(raw)).toBe(ms);
  });

  it('reads whatever is written in its units', () => {
    const parts = fc.array(
      fc.tuple(
        fc.nat(500),
        fc.constantFrom<[string, number][]>(['ms', 1], ['s', 1000], ['m', 60_000]),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(parts, (written) => {
        const raw = written.map(([count, [unit]]) => `${count}${unit}`).join('');
        const ms = written.reduce((sum, [count, [, factor]]) => sum + count * factor, 0);
        expect(parse.parseDuration(raw)).toBe(ms);
      }),
    );
  });

  it.each([
    '',
    '5',
    '-1s',
    '+1s',
    '1 s',
    '1d',
    '1.s',
    '.5s',
    '1e3ms',
    '1s2',
    's',
    'Infinity',
    'NaNms',
    '0x1s',
  ])('refuses %j with the forms that are known', (raw) => {
    expect(() => parse.parseDuration(raw)).toThrow(
      'is not a duration; write a number with a unit: 250ms, 3s, 2m, 1h',
    );
  });

  it.each(['2147483648ms', '25h600h', `${'9'.repeat(400)}h`])(
    'refuses %s, which a timer would turn into 1 ms',
    (raw) => {
      expect(() => parse.parseDuration(raw)).toThrow('longer than a timer can hold (24 days)');
    },
  );

  it('makes of any text a time that a timer can hold, or refuses it', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.smh -'.split('')) });
    fc.assert(
      fc.property(text, (raw) => {
        const ms = accepted(() => parse.parseDuration(raw)) ?? 0;
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThan(2 ** 31);
      }),
    );
  });
});

describe('durations with bounds', () => {
  it('refuse nothing where something must pass', () => {
    expect(() => parse.parsePositiveDuration('0s')).toThrow('must be longer than 0');
    expect(parse.parsePositiveDuration('1ms')).toBe(1);
  });

  it('refuse to poll all the time', () => {
    expect(() => parse.parsePollInterval('99ms')).toThrow('must be at least 100ms');
    expect(parse.parsePollInterval('100ms')).toBe(100);
  });
});

describe('parseTarget', () => {
  it.each([
    ['auto', { by: 'auto' }],
    [' auto ', { by: 'auto' }],
    ['container:app', { by: 'container', name: 'app' }],
    ['name:a:b', { by: 'name', name: 'a:b' }],
    ['cmdline:^java .*:8080$', { by: 'cmdline', pattern: /^java .*:8080$/ }],
    ['pidfile:/run/app.pid', { by: 'pidfile', path: '/run/app.pid' }],
  ])('reads %j', (raw, spec) => {
    expect(parse.parseTarget(raw)).toEqual(spec);
  });

  it.each([
    [
      '',
      'is not a target; write auto, container:<name>, name:<program>, cmdline:<regex> or pidfile:<path>',
    ],
    ['app', 'is not a target'],
    ['container:', 'is not a target'],
    ['Container:app', 'is not a target'],
    ['cmdline:(', 'is not a regular expression'],
    ['pidfile:run/app.pid', 'the path of the pid file is not absolute'],
  ])('refuses %j', (raw, reason) => {
    expect(() => parse.parseTarget(raw)).toThrow(reason);
  });
});

describe('parseWatch', () => {
  it.each([
    ['auto', 'auto'],
    ['/etc/app', ['/etc/app']],
    [' /etc/app , /etc/tls/,', ['/etc/app', '/etc/tls']],
    ['/', ['/']],
  ])('reads %j', (raw, paths) => {
    expect(parse.parseWatch(raw)).toEqual(paths);
  });

  it.each([
    ['', 'names no directory; write auto or absolute paths'],
    [' , ', 'names no directory'],
    ['/etc/app,conf', 'conf is not an absolute path'],
    ['auto,/etc/app', 'auto is not an absolute path'],
  ])('refuses %j', (raw, reason) => {
    expect(() => parse.parseWatch(raw)).toThrow(reason);
  });
});

describe('parseListen', () => {
  it.each([
    ['off', 'off'],
    [':9533', { port: 9533 }],
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:9533', { host: '::1', port: 9533 }],
    [':65535', { port: 65_535 }],
  ])('reads %j', (raw, address) => {
    expect(parse.parseListen(raw)).toEqual(address);
  });

  it.each(['', '9533', ':', ':http', ':65536', '::1:9533', 'a:b:1', ':-1', 'http://:9533'])(
    'refuses %j',
    (raw) => {
      expect(() => parse.parseListen(raw)).toThrow(
        'is not an address; write :9533, 127.0.0.1:9533, [::1]:9533 or off',
      );
    },
  );
});

describe('small values', () => {
  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['No', false],
    ['off', false],
  ])('%s is %s', (raw, value) => {
    expect(parse.parseBoolean(raw)).toBe(value);
  });

  it.each(['', 'y', '2', 'truee'])('%j is neither true nor false', (raw) => {
    expect(() => parse.parseBoolean(raw)).toThrow('is neither true nor false');
  });

  it.each([
    ['unlimited', Number.POSITIVE_INFINITY],
    ['0', 0],
    [' 7 ', 7],
  ])('%j is a count of retries', (raw, count) => {
    expect(parse.parseRetries(raw)).toBe(count);
  });

  it.each(['', '-1', '1.5', 'many', '1e3', 'Infinity'])('%j is no count of retries', (raw) => {
    expect(() => parse.parseRetries(raw)).toThrow('is neither a number nor unlimited');
  });

  it('a list knows no empty items and no blanks around them', () => {
    expect(parse.parseList(' a, ,b c,')).toEqual(['a', 'b c']);
    expect(parse.parseList('')).toEqual([]);
  });

  it('one of a few words is found in any case, others are refused with all of them', () => {
    const parseMode = parse.oneOf('auto', 'poll');
    expect(parseMode(' Poll ')).toBe('poll');
    expect(() => parseMode('polling')).toThrow('is not one of auto, poll');
  });

  it('a pattern that cannot be one is refused with its fault', () => {
    expect(parse.parsePattern('^a.c$')).toEqual(/^a.c$/);
    expect(() => parse.parsePattern('[')).toThrow(/^is not a regular expression: .*\[/);
  });
});
