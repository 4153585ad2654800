import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { options } from '../../src/config/options.ts';
import { parseBodyMatch, parseStatusRanges } from '../../src/config/parse-http.ts';
import { judge, type Rule } from '../../src/sidecar/act/http/answer.ts';
import { parseRetryAfter } from '../../src/system/retry-after.ts';
import { allows, bodies, locations, retryAfters } from './samples/http.ts';
import { fuzz } from './support/fuzz.ts';
import { anyText } from './support/texts.ts';

const HOUR_MS = 3_600_000;

/** Marks what must not be shown. */
const SECRET = 'secret';

function header(
  samples: readonly string[],
  junk: readonly string[],
): fc.Arbitrary<string | string[] | undefined> {
  const value = anyText(samples, junk);
  return fc.oneof(
    { arbitrary: value, weight: 5 },
    { arbitrary: fc.array(value, { maxLength: 3 }), weight: 1 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  );
}

const answer = fc.record({
  status: fc.oneof(
    fc.integer({ min: 100, max: 999 }),
    fc.constantFrom(200, 302, 400, 401, 405, 503),
  ),
  headers: fc.record({
    location: header(locations, ['//', '@', ':', 'http://', 'javascript:', '[', '{{hash}}']),
    'retry-after': header(retryAfters, ['Mon', ' GMT', ',', '-']),
    allow: header(allows, [',', ', ', 'CONNECT', 'HEAD', 'POST']),
  }),
  body: anyText(bodies, ['HTTPS', 'SSL', '\n']).map((text) => `${text}${SECRET}`),
  cut: fc.boolean(),
});

const rule: fc.Arbitrary<Rule> = fc.record({
  url: fc
    .constantFrom('http://127.0.0.1:8080/-/reload', 'https://app.example/')
    .map((href) => new URL(href)),
  option: fc.constantFrom('REHUP_URL', 'REHUP_READY_URL', 'REHUP_VERIFY_URL'),
  success: fc.constantFrom('200-299', '204,300-399').map(parseStatusRanges),
  match: fc.constant(undefined),
  matchOption: fc.constant('REHUP_SUCCESS_MATCH'),
});

describe('whatever an app answers', () => {
  it('means success, or there is a reason and a remedy without a piece of the body', () => {
    fuzz(fc.tuple(answer, rule), ([given, by]) => {
      const objection = judge(given, by);
      const isSuccess = by.success.some(
        ({ from, to }) => given.status >= from && given.status <= to,
      );
      expect(objection === undefined).toBe(isSuccess);
      if (objection === undefined) return;
      const { what, remedy, retryAfterMs = 1, set = {} } = objection;
      expect(what).toContain(String(given.status));
      expect(remedy).not.toBe('');
      expect(retryAfterMs > 0 && retryAfterMs <= HOUR_MS).toBe(true);
      expect(`${what} ${remedy}`).not.toMatch(/undefined|\n/);
      // Of another origin nothing is shown but its name: no credentials, no tokens.
      const { origin = '' } = URL.parse([given.headers.location].flat()[0] ?? '', by.url) ?? {};
      if (origin !== by.url.origin) expect(what.replace(origin, '')).not.toContain(SECRET);
      for (const method of Object.values(set)) expect(options.method.parse(method)).toBe(method);
    });
  });

  it('is matched with the pattern of the user, or objected to', () => {
    const match = fc
      .constantFrom('^reloaded$', '"status":\\s*"(ok|success)"', '(a+)+$', '')
      .map(parseBodyMatch);
    fuzz(
      fc.tuple(answer, rule, match),
      ([given, by, pattern]) => {
        const objection = judge(
          { ...given, status: 200 },
          { ...by, success: [{ from: 200, to: 200 }], match: pattern },
        );
        expect(objection === undefined).toBe(pattern.test(given.body));
      },
      // A pattern is run with a limit in time, which costs a thread.
      { share: 0.01 },
    );
  });

  it('asks for a pause of an hour at the most, or for none', () => {
    fuzz(fc.tuple(anyText(retryAfters, ['Mon', 'GMT', '(', ')']), fc.nat()), ([text, nowMs]) => {
      const ms = parseRetryAfter(text, nowMs) ?? 1;
      expect(ms > 0 && ms <= HOUR_MS).toBe(true);
    });
  });
});
