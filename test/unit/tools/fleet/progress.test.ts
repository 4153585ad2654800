import { describe, expect, it } from 'vitest';
import type { Followed } from '../../../../src/tools/fleet/follow.ts';
import { createProgress, type Progress } from '../../../../src/tools/fleet/progress.ts';
import { buildReport } from '../../../support/fleet-builder.ts';

type Scene = Progress & { text: () => string };

function start(output: 'text' | 'json', isTTY = false): Scene {
  let text = '';
  const write = (piece: string): void => {
    text += piece;
  };
  const { signal } = new AbortController();
  const io = {
    env: {},
    colors: false,
    stdout: { isTTY, columns: 120, write },
    stderr: { write },
    signal,
  };
  return { ...createProgress(io, output), text: () => text };
}

const done = (name: string, afterMs: number): Followed => ({
  report: buildReport({ name }),
  afterMs,
  never: undefined,
  why: 'current',
});
const late = (name: string, reason: string): Followed => ({
  report: buildReport({ name, state: 'pending', reason, remedy: 'correct it' }),
  afterMs: undefined,
  never: undefined,
  why: reason,
});

describe('the progress of a fleet', () => {
  it('is, in a file, a line for each pod when something happens to it, and the figures', () => {
    const { onLook, end, text } = start('text');
    onLook([late('a', 'under way'), done('b', 900)]);
    onLook([late('a', 'under way'), done('b', 900)]);
    const last = [done('a', 1400), done('b', 900)];
    onLook(last);
    expect(end(last)).toBe(true);
    expect(text()).toBe(`\
a: pending: under way
b: has it (0.9 s)
a: has it (1.4 s)
all of 2 pods have it: the first after 0.9 s, half of them after 0.9 s, the last after 1.4 s
`);
  });

  it('ends with those that are late, and why', () => {
    const { end, text } = start('text');
    const other = late('c', 'port: must be a number');
    expect(end([late('a', 'port: must be a number'), done('b', 1), other])).toBe(false);
    expect(text()).toBe(
      '2 of 3 pods do not have it:\n  a, c: port: must be a number\n    remedy: correct it\n',
    );
  });

  it('is one JSON document a line for programs', () => {
    const { say, onLook, end, text } = start('json');
    say('for people');
    onLook([done('a', 500)]);
    end([done('a', 500), late('b', 'invalid')]);
    const lines = text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { done: true, afterSeconds: 0.5, pod: { name: 'a', state: 'current' } },
      { done: false, pods: 2, laggards: [{ name: 'b', reason: 'invalid', remedy: 'correct it' }] },
    ]);
  });

  it('is a table with a bar on a terminal, and of a large fleet those that are not there yet', () => {
    const { onLook, text } = start('text', true);
    const many = Array.from({ length: 40 }, (_, index) => done(`pod-${index}`, 1));
    onLook([...many, late('last', 'under way')]);
    expect(text()).toContain(' 40/41');
    expect(text()).toMatch(/^last /m);
    expect(text()).not.toContain('pod-0');
  });
});
