import { describe, expect, it } from 'vitest';
import { planWrite } from '../../../../src/sidecar/pod-events/series.ts';

const MINUTE = 60_000;

describe('an event', () => {
  it('is created where there is none like it', () => {
    expect(planWrite(undefined, 5)).toEqual({ do: 'create' });
  });

  it('is counted when it happens for the second time', () => {
    const before = { name: 'app.1', count: 1, writtenMs: 0 };
    expect(planWrite(before, 1000)).toEqual({ do: 'count', name: 'app.1', count: 2 });
  });

  it('is not written again for each further time', () => {
    const before = { name: 'app.1', count: 2, writtenMs: 0 };
    expect(planWrite(before, 4 * MINUTE)).toEqual({ do: 'wait' });
    expect(planWrite({ ...before, count: 9 }, 5 * MINUTE)).toEqual({
      do: 'count',
      name: 'app.1',
      count: 10,
    });
  });

  it('is created anew when the API server has forgotten it', () => {
    const before = { name: 'app.1', count: 2, writtenMs: 0 };
    expect(planWrite(before, 60 * MINUTE)).toEqual({ do: 'create' });
  });
});
