import { describe, expect, it } from 'vitest';
import { identify, isYoungerThan } from '../../../src/target/age.ts';
import { buildProcess } from '../../support/process-builder.ts';

const BECAME_AT_MS = 50_000;

describe('a process is younger than the content', () => {
  it.each([
    { what: 'long before', startedMs: 10_000, younger: false },
    { what: 'at the same time', startedMs: 50_000, younger: false },
    { what: 'one tick later, which may be rounding', startedMs: 50_010, younger: false },
    {
      what: 'two ticks later, which may be rounding on both sides',
      startedMs: 50_020,
      younger: false,
    },
    { what: 'clearly later', startedMs: 50_030, younger: true },
  ])('when it started $what: $younger', ({ startedMs, younger }) => {
    expect(isYoungerThan(buildProcess({ pid: 7, startedMs }), BECAME_AT_MS)).toBe(younger);
  });

  it('never, where the content is of unknown age', () => {
    const process = buildProcess({ pid: 7, startedMs: 10 });
    expect(isYoungerThan(process, Number.POSITIVE_INFINITY)).toBe(false);
  });
});

describe('the identity of a process', () => {
  it('differs from that of the next process with the same pid', () => {
    const [first, next] = [1000, 2000].map((startedMs) => buildProcess({ pid: 7, startedMs }));
    expect(first && identify(first)).not.toBe(next && identify(next));
  });
});
