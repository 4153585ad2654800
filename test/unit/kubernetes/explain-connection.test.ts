import { describe, expect, it } from 'vitest';
import { NoJson, TooLarge } from '../../../src/kubernetes/body.ts';
import { explainConnection, timedOut } from '../../../src/kubernetes/explain-connection.ts';
import { pods } from '../../../src/kubernetes/request.ts';
import { buildProblem } from '../../support/problem-builder.ts';

const request = { ...pods, verb: 'get', namespace: 'web', name: 'my-app' } as const;
const SERVER = '10.96.0.1:443';

function withCode(code: string): Error {
  return Object.assign(new Error('of the system'), { code });
}

describe('a connection that fails', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable', /cannot be reached \(ECONNREFUSED\)$/, /NetworkPolicy/],
    ['ECONNRESET', 'unreachable', /cannot be reached \(ECONNRESET\)$/, /NetworkPolicy/],
    ['EHOSTUNREACH', 'unreachable', /cannot be reached/, /being restarted/],
    ['ENOTFOUND', 'unreachable', /the name of the API server at .* cannot be resolved/, /DNS/],
    ['EAI_AGAIN', 'unreachable', /cannot be resolved \(EAI_AGAIN\)$/, /DNS/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted', /is not trusted/, /ca\.crt/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted', /is not trusted/, /ca\.crt/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted', /is not trusted/, /ca\.crt/],
    ['CERT_HAS_EXPIRED', 'untrusted', /is not trusted \(CERT_HAS_EXPIRED\)$/, /ca\.crt/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted', /is not trusted/, /proxy/],
  ] as const)('by %s is %s', (code, kind, message, remedy) => {
    const problem = explainConnection(request, SERVER, withCode(code));
    expect(problem.kind).toBe(kind);
    expect(problem.message).toMatch(/^get pods my-app in namespace web: /);
    expect(problem.message).toContain(SERVER);
    expect(problem.message).toMatch(message);
    expect(problem.remedy).toMatch(remedy);
  });

  it('without a code is told without its words', () => {
    const problem = explainConnection(request, SERVER, new Error('odd'));
    expect(problem).toMatchObject({ kind: 'unreachable' });
    expect(problem.message).toMatch(/cannot be reached \(Error\)$/);
  });

  it.each([
    [new NoJson(), /the answer is not JSON$/],
    [new TooLarge(), /more than 33554432 bytes in one answer$/],
  ])(
    'by an answer that cannot be read, %o, asks whether it is the API server',
    (error, message) => {
      const problem = explainConnection(request, SERVER, error);
      expect(problem).toMatchObject({ kind: 'rejected' });
      expect(problem.message).toMatch(message);
      expect(problem.remedy).toContain(`check that ${SERVER} is the API server`);
    },
  );

  it('by a problem that has words already, is that problem', () => {
    const problem = buildProblem('no-access');
    expect(explainConnection(request, SERVER, problem)).toBe(problem);
  });

  it('by silence says how long it waited', () => {
    const problem = timedOut(request, SERVER, 10_000);
    expect(problem).toMatchObject({
      kind: 'timed-out',
      message:
        'get pods my-app in namespace web: no answer from the API server at 10.96.0.1:443 within 10000 ms',
    });
    expect(problem.remedy).toContain('NetworkPolicy');
  });
});
