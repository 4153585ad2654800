import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounts } from '../../src/config/globs.ts';
import { loadConfig } from '../../src/config/load.ts';
import { environmentName } from '../../src/config/option.ts';
import { type OptionName, optionNames, options, type Settings } from '../../src/config/options.ts';
import { InvalidValue } from '../../src/config/parse.ts';
import { redactUrl } from '../../src/config/redact.ts';
import { ConfigError } from '../../src/system/errors.ts';
import { renderUrl } from '../../src/sidecar/act/http/template.ts';
import { optionJunk, optionSamples } from './samples/options.ts';
import { expectId } from './support/expect-id.ts';
import { fuzz, fuzzAsync } from './support/fuzz.ts';
import { anyText, damaged } from './support/texts.ts';

const LONGEST_MS = 2 ** 31 - 1;

/** What a value must be, so that nobody has to look at it again. Those left out are words and paths. */
const EXPECTATIONS: { [Name in OptionName]?: (value: Settings[Name] & {}) => void } = {
  ...Object.fromEntries(
    optionNames
      .filter((name) => options[name].placeholder === 'DURATION' && name !== 'promptSplay')
      .map((name) => [name, expectDuration]),
  ),
  promptSplay: (value) => {
    if (value !== 'auto') expectDuration(value);
  },
  wavePatience: (value) => {
    if (value !== Number.POSITIVE_INFINITY) expectDuration(value);
  },
  watch: (value) => {
    if (value === 'auto') return;
    expect(value.length).toBeGreaterThan(0);
    expect(
      value.every((path) => path.startsWith('/') && (path === '/' || !path.endsWith('/'))),
    ).toBe(true);
  },
  signal: ({ name, number }) => {
    expectId(number, 1, 64);
    expect(name).toMatch(/^SIG[A-Z0-9]+(?:[+-]\d+)?$/);
  },
  url: (urls) => {
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) expectUrl(url);
  },
  readyUrl: expectUrl,
  verifyUrl: expectUrl,
  exec: expectCommand,
  validateExec: expectCommand,
  render: expectCommand,
  onFailure: ({ afterFailures }) => expect(afterFailures).toBeGreaterThanOrEqual(1),
  method: (method) => expect(method).toMatch(/^[A-Z]+$/),
  header: (headers) => {
    for (const { name, value } of headers) {
      const text = 'text' in value ? value.text : 'x';
      // The one judge of what may be sent.
      expect(() => new Headers([[name, Buffer.from(text).toString('latin1')]])).not.toThrow();
    }
  },
  success: (ranges) => {
    for (const { from, to } of ranges) {
      expectId(from, 0, 999);
      expectId(to, from, 999);
    }
  },
  retries: (count) => expect(count).toBeGreaterThanOrEqual(0),
  listen: (address) => {
    if (address !== 'off') expectId(address.port, 0, 65_535);
  },
  verifyMatch: (match) => {
    for (const hash of ['0'.repeat(64), '9'.repeat(64), 'f'.repeat(64), 'a0'.repeat(32)]) {
      expect(match(hash)).toBeInstanceOf(RegExp);
    }
  },
};

const anyOption: fc.Arbitrary<readonly [OptionName, string]> = fc
  .constantFrom(...optionNames)
  .chain((name) => anyText(optionSamples[name], optionJunk).map((raw) => [name, raw] as const));

describe('whatever is written for an option', () => {
  it.each(optionNames)('%s takes what its samples say', (name) => {
    for (const raw of optionSamples[name].slice(0, 2)) {
      expect(() => options[name].parse(raw)).not.toThrow();
    }
  });

  it('is a value that can be used, or is refused with a reason', () => {
    fuzz(
      anyOption,
      ([name, raw]) => {
        const value = parse(name, raw);
        if (value instanceof InvalidValue) expectReason(value.message, raw);
        else (EXPECTATIONS[name] as ((value: unknown) => void) | undefined)?.(value);
      },
      // So many parsers share the inputs.
      { share: 3 },
    );
  });

  it('becomes a configuration, or a list of problems that can be shown', () => {
    const sources = fc.array(fc.tuple(fc.boolean(), anyOption), { maxLength: 6 });
    const others = fc.dictionary(
      anyText(
        ['REHUP_SETTEL', 'REHUP_SERVICE_HOST', 'REHUP_PORT_9533_TCP_ADDR', 'PATH'],
        ['REHUP_', '_PORT'],
      ),
      fc.constant('x'),
      { maxKeys: 2 },
    );
    fuzz(fc.tuple(sources, others), ([given, unknown]) => {
      const env: Record<string, string> = { ...unknown };
      const flags: Partial<Record<OptionName, string>> = {};
      for (const [asFlag, [name, raw]] of given) {
        if (asFlag) flags[name] = raw;
        else env[environmentName(options[name].flag)] = raw;
      }
      const written = [...Object.values(flags), ...Object.entries(env).flat()].join();
      expectLoaded(() => loadConfig({ flags, env }), written);
    });
  });

  it('does not bring up globs that cannot be compiled', async () => {
    const globs = anyText([...optionSamples.include, ...optionSamples.exclude], optionJunk);
    await fuzzAsync(
      fc.tuple(
        globs,
        globs,
        damaged(['/etc/app'], ['/']),
        damaged(['app.conf', '.env', 'a/b.crt']),
      ),
      async ([include, exclude, mount, key]) => {
        const parsed = [parse('include', include), parse('exclude', exclude)] as const;
        if (parsed.some((one) => one instanceof InvalidValue)) return;
        const [included, excluded] = parsed as [string[], string[]];
        const counts = await createCounts({ include: included, exclude: excluded });
        expect([true, false]).toContain(counts(mount, key));
      },
      // The module is loaded anew by each call, and costs a test far more than the program.
      { share: 0.02 },
    );
  });
});

function parse(name: OptionName, raw: string): unknown {
  try {
    return options[name].parse(raw);
  } catch (error) {
    if (error instanceof InvalidValue) return error;
    throw error;
  }
}

function expectLoaded(load: () => unknown, written: string): void {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { option, reason, fixes = [] } of error.problems) {
      expect(option).not.toBe('');
      expectReason(reason, written);
      if (!SLIP.test(written)) expect(JSON.stringify(fixes)).not.toMatch(SLIP);
    }
  }
}

const SLIP = /undefined|NaN|\[object|TypeError|RangeError/;

/** For a sentence of the form `value: reason`; may quote what was written. */
function expectReason(reason: string, written: string): void {
  expect(reason.trim()).not.toBe('');
  if (!SLIP.test(written)) expect(reason).not.toMatch(SLIP);
}

function expectDuration(ms: number): void {
  expect(ms).toBeGreaterThanOrEqual(0);
  expect(ms).toBeLessThanOrEqual(LONGEST_MS);
}

function expectUrl(url: URL): void {
  expect(url.protocol).toMatch(/^https?:$/);
  expect(renderUrl(url, 'f'.repeat(64))).toBeInstanceOf(URL);
  const { username, password, search, hash } = new URL(redactUrl(url));
  expect(['', 'redacted']).toContain(username);
  expect([password, hash]).toEqual(['', '']);
  expect(search).toMatch(/^(?:\?(?:[^&=]*=?redacted(?:&|$))*)?$/);
  expect(() => decodeURIComponent(url.username + url.password)).not.toThrow();
}

function expectCommand(words: readonly string[]): void {
  expect(words[0]).not.toBe('');
  expect(words.every((word) => typeof word === 'string' && !word.includes('\0'))).toBe(true);
}
