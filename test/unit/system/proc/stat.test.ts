import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStat } from '../../../../src/system/proc/stat.ts';

/** Fields 3 to 22 of proc_pid_stat(5). */
function statLine(
  pid: number,
  comm: string,
  [state, ppid, ticks]: [string, number, number],
): string {
  const between = '1381 12421 0 -1 4194560 2758 0 20 0 2 2 0 0 20 0 7 0';
  return `${pid} (${comm}) ${state} ${ppid} ${between} ${ticks} 1315999744 10422 184467440737\n`;
}

describe('parseStat', () => {
  it.each([
    { comm: 'nginx' },
    { comm: 'tmux: server' },
    { comm: '' },
    { comm: ')' },
    { comm: '((sd-pam))' },
    { comm: 'a) Z 1 1 1 (b' },
    { comm: 'line\nbreak' },
  ])('reads a process that is named $comm', ({ comm }) => {
    expect(parseStat(statLine(42, comm, ['S', 7, 313_490]))).toEqual({
      pid: 42,
      comm,
      state: 'S',
      ppid: 7,
      startedMs: 3_134_900,
      threads: 7,
      hasTerminal: false,
    });
  });

  it('reads back any process', () => {
    fc.assert(
      fc.property(
        fc.record({
          pid: fc.integer({ min: 1, max: 4_194_304 }),
          comm: fc.string({ unit: fc.constantFrom(...'() abSZ019\t\n/:'.split('')) }),
          state: fc.constantFrom('R', 'S', 'D', 'Z', 'T', 't', 'X', 'I'),
          ppid: fc.nat(4_194_304),
          ticks: fc.nat(2 ** 40),
        }),
        ({ pid, comm, state, ppid, ticks }) => {
          expect(parseStat(statLine(pid, comm, [state, ppid, ticks]))).toEqual({
            pid,
            comm,
            state,
            ppid,
            startedMs: ticks * 10,
            threads: 7,
            hasTerminal: false,
          });
        },
      ),
    );
  });

  it.each(['', '42', '42 (nginx', '42 nginx) S 1', '42 (nginx) S 1 2 3', 'x (nginx) S 1', ')('])(
    'finds nothing in %j',
    (text) => {
      expect(parseStat(text)).toBeUndefined();
    },
  );

  it.each(['-42', '0', '4e1', '0x2a', '9'.repeat(20)])(
    'finds no process with the pid %s',
    (pid) => {
      const line = statLine(42, 'nginx', ['S', 7, 313_490]);
      expect(parseStat(line.replace('42', pid))).toBeUndefined();
    },
  );

  it('finds nothing where the start time or the parent is not a number', () => {
    const line = statLine(42, 'nginx', ['S', 7, 313_490]);
    expect(parseStat(line.replace('313490', 'soon'))).toBeUndefined();
    expect(parseStat(line.replace('S 7', 'S none'))).toBeUndefined();
  });

  it('throws at no text, and never returns a number that is none', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'() 0123456789aZ-.\n'.split('')) }),
        (text) => {
          const { pid = 0, ppid = 0, startedMs = 0 } = parseStat(text) ?? {};
          expect([pid, ppid, startedMs].every(Number.isFinite)).toBe(true);
        },
      ),
    );
  });
});
