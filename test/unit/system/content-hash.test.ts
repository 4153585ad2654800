import { describe, expect, it } from 'vitest';
import { hideRenewal } from '../../../src/system/content-hash.ts';
import { serviceAccountToken } from '../../support/service-account-token.ts';

function reduce(text: string): string {
  return hideRenewal(Buffer.from(text)).toString();
}

describe('hideRenewal', () => {
  const token = serviceAccountToken();

  it('makes the same of a service account token and of the one that takes its place', () => {
    const renewed = serviceAccountToken({ iat: 1_700_002_900, exp: 1_700_006_507 });
    expect(renewed).not.toBe(token);
    expect(reduce(renewed)).toBe(reduce(token));
    expect(reduce(`${token}\n`)).toBe(reduce(token));
    expect(reduce(token)).not.toContain('eyJ');
  });

  it.each([
    { what: 'another account', claims: { sub: 'system:serviceaccount:default:other' } },
    { what: 'another audience', claims: { aud: ['vault'] } },
    { what: 'another cluster', claims: { iss: 'https://other.example' } },
  ])('tells a token for $what from it', ({ claims }) => {
    expect(reduce(serviceAccountToken(claims))).not.toBe(reduce(token));
  });

  it.each([
    { what: 'a token of somebody else', text: serviceAccountToken({ sub: 'user@example.org' }) },
    { what: 'a token that does not expire', text: serviceAccountToken({ exp: undefined }) },
    { what: 'a token with more behind it', text: `${token}\nmore` },
    { what: 'no token', text: 'eyJ.eyJ.x' },
    { what: 'a payload that is no object', text: `eyJh.${btoa('null')}.x` },
    { what: 'JSON', text: '{"sub": "system:serviceaccount:default:app"}' },
    { what: 'nothing', text: '' },
    { what: 'more than any token has', text: `${token}${'x'.repeat(17_000)}` },
  ])('leaves $what as it is', ({ text }) => {
    expect(reduce(text)).toBe(text);
  });
});
