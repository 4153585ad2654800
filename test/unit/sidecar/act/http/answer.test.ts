import { describe, expect, it } from 'vitest';
import { type Rule, isSuccess, judge } from '../../../../../src/sidecar/act/http/answer.ts';
import type { Answer } from '../../../../../src/sidecar/act/http/call.ts';

const rule: Rule = {
  url: new URL('http://127.0.0.1:8080/-/reload'),
  option: 'REHUP_URL',
  success: [{ from: 200, to: 299 }],
  match: undefined,
  matchOption: 'REHUP_SUCCESS_MATCH',
};

function answer(status: number, more: Partial<Answer> = {}): Answer {
  return { status, headers: {}, body: '', cut: false, ...more };
}

describe('isSuccess', () => {
  it.each([
    [200, true],
    [299, true],
    [304, true],
    [300, false],
    [199, false],
  ])('tells whether %i is in 200-299,304', (status, expected) => {
    const ranges = [
      { from: 200, to: 299 },
      { from: 304, to: 304 },
    ];
    expect(isSuccess(status, ranges)).toBe(expected);
  });
});

describe('judge', () => {
  it('accepts a status of the ranges', () => {
    expect(judge(answer(204), rule)).toBeUndefined();
  });

  it('wants the body to match, line by line, and does not show it', () => {
    const match = /^reload: ok$/m;
    expect(judge(answer(200, { body: 'a\nreload: ok\nb' }), { ...rule, match })).toBeUndefined();
    const objection = judge(answer(200, { body: 'reload: password=x' }), { ...rule, match });
    expect(objection?.what).toBe(
      'was answered with status 200, but the body does not match REHUP_SUCCESS_MATCH',
    );
    expect(JSON.stringify(objection)).not.toContain('password');
  });

  it('says so when only the beginning of a long body was looked at', () => {
    const body = 'x'.repeat(64 * 1024);
    const objection = judge(answer(200, { body, cut: true }), { ...rule, match: /y/ });
    expect(objection?.what).toContain('but the first 64 KiB of the body does not match');
  });

  it.each([
    ['https://other.example/login?token=x', 'a redirect to https://other.example'],
    ['//user:pass@other.example/', 'a redirect to http://other.example'],
    ['/prom/-/reload?a=b', 'a redirect to http://127.0.0.1:8080/prom/-/reload?a=redacted'],
    ['http://[', 'an address that is not a URL'],
  ])('names the origin of the redirect to %s, and no secret', (location, expected) => {
    const objection = judge(answer(307, { headers: { location } }), rule);
    expect(objection?.what).toMatch(/^was answered with status 307, a redirect to /);
    expect(objection?.what.endsWith(expected)).toBe(true);
    expect(objection?.remedy).toContain('write the final address in REHUP_URL');
  });

  it.each([
    [400, 'write https:// in REHUP_URL', 'Client sent an HTTP request to an HTTPS server.'],
    [401, 'REHUP_BEARER_FILE', ''],
    [403, 'turn the endpoint on', ''],
    [404, 'correct the path in REHUP_URL', ''],
    [418, 'widen REHUP_SUCCESS', ''],
  ])('has a remedy for status %i', (status, remedy, body) => {
    expect(judge(answer(status, { body }), rule)?.remedy).toContain(remedy);
  });

  it('tells the methods that the app takes, if they look like some', () => {
    for (const [allow, shown] of [
      ['GET, PUT', ': GET, PUT'],
      ['<secret>', ''],
    ] as const) {
      const remedy = `set REHUP_METHOD to a method that the app takes there${shown}`;
      expect(judge(answer(405, { headers: { allow } }), rule)).toMatchObject({ remedy });
    }
  });

  it('does not send the user of a probe to the options of the reload', () => {
    for (const status of [401, 405, 500]) {
      const objection = judge(answer(status), { ...rule, option: 'REHUP_READY_URL' });
      expect(objection?.remedy).toContain('REHUP_READY_URL');
      expect(objection?.remedy).not.toMatch(/REHUP_METHOD|REHUP_SUCCESS/);
    }
  });

  it('passes on how long the app asks to be left in peace', () => {
    const headers = { 'retry-after': '7' };
    expect(judge(answer(503, { headers }), rule)).toMatchObject({ retryAfterMs: 7000 });
    expect(judge(answer(503), rule)).not.toHaveProperty('retryAfterMs');
  });
});
