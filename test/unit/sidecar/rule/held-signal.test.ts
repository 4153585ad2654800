import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  findHeld,
  forgive,
  type HeldSignals,
  learn,
  remember,
} from '../../../../src/sidecar/rule/held-signal.ts';
import type { Process } from '../../../../src/sidecar/target/processes.ts';
import { buildProcess } from '../../../support/process-builder.ts';

const { SIGHUP, SIGUSR2 } = constants.signals;
const WITH_ONE = { signal: SIGHUP, hash: 'one' };

/** The app of a later run, or of the first. */
function app(run: number, startedMs: number, pid = 30 + run): Process {
  return buildProcess({ pid, comm: 'java', container: 'app', instance: `${run}`, startedMs });
}

const dead = app(1, 1000);
const next = app(2, 20_000);
const died = remember([], dead, WITH_ONE);

/** Who is there when, with what. */
function meet(
  all: HeldSignals,
  found: readonly Process[],
  hash: string,
  atMs: number,
): HeldSignals {
  return learn(all, { found, hash, becameAtMs: atMs - 100, nowMs: atMs });
}

function isHeld(all: HeldSignals, target: Process, signal: number = SIGHUP): boolean {
  return findHeld(all, [target], signal) !== undefined;
}

describe('a signal that the app ended at', () => {
  it('is held once the next run has lived with the content until there is other content', () => {
    const seen = meet(died, [next], 'one', 21_000);
    expect(isHeld(seen, next)).toBe(false);
    const held = meet(seen, [next], 'two', 25_000);
    expect(isHeld(held, next)).toBe(true);
    expect(isHeld(meet(held, [app(3, 90_000)], 'three', 200_000), app(3, 90_000))).toBe(true);
  });

  it('is held, too, where nobody looked in between', () => {
    expect(isHeld(meet(died, [next], 'two', 25_000), next)).toBe(true);
  });

  it('is held where the app came up at a later try, and has been up for a while', () => {
    const seen = meet(died, [next], 'one', 21_000);
    expect(isHeld(meet(seen, [app(3, 30_000)], 'two', 41_000), app(3, 30_000))).toBe(true);
  });

  it.each([
    ['the next run has ended again, and one that has only started is there', app(3, 40_500)],
    ['only a process that has started with other content is there', app(2, 40_950)],
    ['the app has replaced itself in the same run of the container', app(1, 20_000, 99)],
  ])('is not held where %s', (_, found) => {
    const seen = meet(died, [next], 'one', 21_000);
    const later = meet(found.container.instance === '1' ? died : seen, [found], 'two', 41_000);
    expect(later).toEqual([]);
  });

  it('is not held where nothing runs when there is other content: nothing starts with it', () => {
    expect(meet(meet(died, [], 'one', 5000), [], 'two', 60_000)).toEqual([]);
  });

  it('is held at once where it was asked for, and has ended the app again with the same content', () => {
    const seen = meet(died, [next], 'one', 21_000);
    expect(isHeld(remember(seen, next, WITH_ONE), app(3, 30_000))).toBe(true);
  });

  it('is sent again once the app has taken it', () => {
    const held = meet(died, [next], 'two', 25_000);
    expect(forgive(held, [next])).toEqual([]);
    expect(forgive(held, [buildProcess({ pid: 50, container: 'other' })])).toBe(held);
  });

  it('is no reason not to send another one, or to another container', () => {
    const held = meet(died, [next], 'two', 25_000);
    expect(isHeld(held, next, SIGUSR2)).toBe(false);
    expect(isHeld(held, buildProcess({ pid: 50, container: 'other' }))).toBe(false);
  });

  it('is named, with what else there is', () => {
    const failure = findHeld(meet(died, [next], 'two', 25_000), [next], SIGHUP);
    expect(failure).toMatchObject({ outcome: 'no-handler', check: 'signal-ended-app' });
    expect(failure?.reason).toMatch(/^SIGHUP ended app when it was sent last/);
    for (const way of ['REHUP_SIGNAL', 'SIGUSR2 for puma', 'REHUP_URL', 'REHUP_RESTART', 'trigger'])
      expect(failure?.remedy).toContain(way);
  });
});
