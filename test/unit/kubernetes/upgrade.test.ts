import { describe, expect, it } from 'vitest';
import { explainUpgrade } from '../../../src/kubernetes/upgrade.ts';

const EXEC = { namespace: 'web', pod: 'app-0', subresource: 'exec' } as const;

/** As the official client hands on what the library of WebSockets threw. */
const refused = (status: number): object => ({
  type: 'error',
  error: new Error(`Unexpected server response: ${status}`),
});

describe('a connection into a pod that is refused', () => {
  it.each(['exec', 'portforward'] as const)('names the Role that would allow %s', (subresource) => {
    const problem = explainUpgrade({ ...EXEC, subresource }, refused(403));
    expect(problem).toMatchObject({
      status: 403,
      exitCode: 4,
      message: `you may not create pods/${subresource} app-0 in namespace web`,
      remedy: `add to a Role: - {apiGroups: [""], resources: ["pods/${subresource}"], verbs: ["create", "get"]}`,
    });
  });

  it.each([
    [401, 'does not accept your credentials'],
    [404, 'not found'],
    [500, 'was answered with status 500'],
  ])('says what status %i means', (status, said) => {
    const problem = explainUpgrade(EXEC, refused(status));
    expect(problem).toMatchObject({ status, message: expect.stringContaining(said) });
    expect(problem.remedy).not.toBe('');
  });

  it('says by its code why there was none at all, and quotes nobody', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED with SECRET'), {
      code: 'ECONNREFUSED',
    });
    const problem = explainUpgrade(EXEC, { error });
    expect(problem.status).toBeUndefined();
    expect(problem.message).toContain('no connection (ECONNREFUSED)');
    expect(problem.message).not.toContain('SECRET');
  });
});
