import { describe, expect, it } from 'vitest';
import { findHttpConflicts, findUnusedHttp } from '../../../src/config/conflicts-http.ts';
import type { OptionName, Settings } from '../../../src/config/options.ts';

function settings(values: Partial<Settings>): Settings {
  return { insecureSkipVerify: false, ...values } as Settings;
}

const url = [new URL('http://127.0.0.1/')];

describe('findHttpConflicts', () => {
  it.each([
    [{ certFile: '/c' }, 'REHUP_CERT_FILE', 'needs REHUP_KEY_FILE, too'],
    [{ keyFile: '/k' }, 'REHUP_KEY_FILE', 'needs REHUP_CERT_FILE, too'],
    [
      { basicAuthFile: '/b', bearerFile: '/t' },
      'REHUP_BASIC_AUTH_FILE and REHUP_BEARER_FILE',
      'are several credentials',
    ],
    [
      { url: [new URL('http://u:p@h/')], bearerFile: '/t' },
      'REHUP_BEARER_FILE and the user in REHUP_URL',
      'are several credentials',
    ],
    [
      { basicAuthFile: '/b', header: [{ name: 'authorization', value: { text: 'x' } }] },
      'REHUP_BASIC_AUTH_FILE and the Authorization of REHUP_HEADER',
      'are several credentials',
    ],
    [
      { insecureSkipVerify: true, caFile: '/ca' },
      'REHUP_CA_FILE',
      'checks nothing beside REHUP_INSECURE_SKIP_VERIFY',
    ],
  ] satisfies [Partial<Settings>, string, string][])('finds %j', (values, option, reason) => {
    const problems = findHttpConflicts(settings({ url, ...values }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ option, value: undefined });
    expect(problems[0]?.reason).toContain(reason);
  });

  it('finds nothing where there is nothing', () => {
    const pair = { certFile: '/c', keyFile: '/k', caFile: '/ca', bearerFile: '/t' };
    expect(findHttpConflicts(settings({ url, ...pair }))).toEqual([]);
  });
});

function unused(given: OptionName[], values: Partial<Settings>): string[] {
  return findUnusedHttp(settings(values), new Set(given)).map(
    ({ option, reason }) => `${option} ${reason}`,
  );
}

describe('findUnusedHttp', () => {
  it('finds options that no request would use', () => {
    expect(unused(['body', 'bearerFile', 'verifyMatch'], {})).toEqual([
      'REHUP_BODY has no effect without REHUP_URL',
      'REHUP_BEARER_FILE has no effect without REHUP_URL, REHUP_READY_URL, REHUP_VERIFY_URL, REHUP_HOLD_WHILE',
      'REHUP_VERIFY_MATCH has no effect without REHUP_VERIFY_URL',
    ]);
  });

  it('knows that a probe uses credentials, too', () => {
    const [readyUrl] = url;
    expect(unused(['bearerFile', 'caFile'], { readyUrl })).toEqual([]);
    expect(unused(['method'], { readyUrl })).toHaveLength(1);
  });
});
