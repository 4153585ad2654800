import { describe, expect, it } from 'vitest';
import { toApiFailure } from '../../../../src/sidecar/act/api-failure.ts';
import { buildProblem } from '../../../support/problem-builder.ts';

describe('a problem as the outcome of a reload', () => {
  it.each([
    ['no-access', 'not-permitted'],
    ['unauthorized', 'not-permitted'],
    ['forbidden', 'not-permitted'],
    ['untrusted', 'unreachable'],
    ['unreachable', 'unreachable'],
    ['throttled', 'unreachable'],
    ['timed-out', 'timed-out'],
    ['not-found', 'rejected'],
    ['conflict', 'rejected'],
    ['gone', 'rejected'],
    ['invalid', 'rejected'],
    ['rejected', 'rejected'],
  ] as const)('%s is %s', (kind, outcome) => {
    expect(toApiFailure(buildProblem(kind)).outcome).toBe(outcome);
  });
});
