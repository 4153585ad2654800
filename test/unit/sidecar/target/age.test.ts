import { describe, expect, it } from 'vitest';
import { identify, isYoungerThan, mayMeet, startOf } from '../../../../src/sidecar/target/age.ts';
import { buildProcess } from '../../../support/process-builder.ts';

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

describe('what a process reads at its start may be what was there', () => {
  const start = startOf({ startedMs: 50_000 });

  it.each([
    { what: 'before it started', span: { fromMs: 0, toMs: 49_000 }, may: false },
    {
      what: 'until it started, as far as the clocks tell',
      span: { fromMs: 0, toMs: 49_990 },
      may: true,
    },
    { what: 'while it started', span: { fromMs: 52_000, toMs: 53_000 }, may: true },
    { what: 'all the time', span: { fromMs: 0, toMs: Number.POSITIVE_INFINITY }, may: true },
    { what: 'a minute later', span: { fromMs: 110_000, toMs: 120_000 }, may: false },
  ])('$what: $may', ({ span, may }) => {
    expect(mayMeet(start, span)).toBe(may);
    expect(mayMeet(span, start)).toBe(may);
  });
});

describe('the identity of a process', () => {
  it('differs from that of the next process with the same pid', () => {
    const [first, next] = [1000, 2000].map((startedMs) => buildProcess({ pid: 7, startedMs }));
    expect(first && identify(first)).not.toBe(next && identify(next));
  });
});
