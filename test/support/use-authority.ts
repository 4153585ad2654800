import { afterAll, beforeAll } from 'vitest';
import { type Authority, createAuthority } from './certificates.ts';

/** One authority for the tests of a file: to make one takes a while. Call it where tests are declared. */
export function useAuthority(): () => Authority {
  let authority: Authority | undefined;
  beforeAll(async () => {
    authority = await createAuthority();
  });
  afterAll(async () => {
    await authority?.[Symbol.asyncDispose]();
  });
  return () => {
    if (authority === undefined) throw new Error('the authority exists only while tests run');
    return authority;
  };
}
