import { describe, expect, it } from 'vitest';
import { asFatal } from '../../../src/kubernetes/fatal.ts';
import { explainStatus } from '../../../src/kubernetes/problem.ts';
import { configMaps } from '../../../src/kubernetes/request.ts';

const request = { ...configMaps, verb: 'list', namespace: 'web' } as const;

function told(status: number): { message: string; remedy: string; exitCode: number } {
  return asFatal(explainStatus(request, { status, body: undefined, retryAfterMs: undefined }));
}

describe('a problem with the API, told to a person', () => {
  it('ends a command with 4, its cause kept', () => {
    const problem = explainStatus(request, { status: 500, body: undefined, retryAfterMs: 1 });
    expect(asFatal(problem)).toMatchObject({ exitCode: 4, cause: problem });
  });

  it('is about that person, who has no service account', () => {
    expect(told(403)).toMatchObject({
      message: 'you may not list configmaps in namespace web',
      remedy: 'add to a Role: - {apiGroups: [""], resources: ["configmaps"], verbs: ["list"]}',
    });
  });

  it.each([401, 404, 409, 429, 500])('has no remedy of a sidecar (%i)', (status) => {
    expect(told(status).remedy).not.toMatch(/POD_NAME|service account|token|tried again/);
  });

  it('is nothing else than that', () => {
    const error = new Error('other');
    expect(asFatal(error)).toBe(error);
  });
});
