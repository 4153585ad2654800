import { constants } from 'node:os';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSignal, parseStopSignal } from '../../../src/config/parse.ts';
import { accepted } from '../../support/accepted.ts';

describe('parseSignal', () => {
  it.each([
    ['SIGHUP', 'SIGHUP', 1],
    ['hup', 'SIGHUP', 1],
    [' Usr1 ', 'SIGUSR1', 10],
    ['1', 'SIGHUP', 1],
    ['12', 'SIGUSR2', 12],
    ['SIGRTMIN', 'SIGRTMIN', 34],
    ['rtmin+3', 'SIGRTMIN+3', 37],
    ['SIGRTMIN+30', 'SIGRTMIN+30', 64],
    ['SIGRTMAX', 'SIGRTMAX', 64],
    ['rtmax-1', 'SIGRTMAX-1', 63],
    ['40', 'SIGRTMIN+6', 40],
    ['64', 'SIGRTMIN+30', 64],
  ])('reads %j as %s', (raw, name, number) => {
    expect(parseSignal(raw)).toEqual({ name, number });
  });

  it('reads every signal of the system by name and by number', () => {
    const sendable = Object.entries(constants.signals).filter(([name]) => name !== 'SIGSTOP');
    for (const [name, number] of sendable) {
      expect(parseSignal(name)).toEqual({ name, number });
      expect(parseSignal(name.slice(3).toLowerCase())).toEqual({ name, number });
      expect(parseSignal(String(number)).number).toBe(number);
    }
  });

  it.each([
    '',
    '0',
    '-1',
    '65',
    '32',
    '33',
    '1.5',
    'SIGFOO',
    'SIG',
    'SIGSIGHUP',
    'SIGRTMIN-1',
    'SIGRTMIN+31',
    'SIGRTMAX+1',
    'SIGRTMAX-31',
    'toString',
  ])('refuses %j with the names that are known', (raw) => {
    expect(() => parseSignal(raw)).toThrow(/^is not a signal; did you mean SIG\w+\? .*SIGRTMIN\+0/);
  });

  it.each(['SIGSTOP', 'stop', '19'])('refuses %s, which would freeze the app', (raw) => {
    expect(() => parseSignal(raw)).toThrow('would freeze the app and reload nothing');
  });

  it('makes of any text a signal that the kernel knows, or refuses it', () => {
    const text = fc.oneof(
      fc.string(),
      fc.integer({ min: -5, max: 100 }).map(String),
      fc
        .tuple(fc.constantFrom('rtmin', 'SIGRTMAX'), fc.constantFrom('+', '-'), fc.nat(40))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (raw) => {
        const { number } = accepted(() => parseSignal(raw)) ?? { number: 1 };
        expect(number).toBeGreaterThanOrEqual(1);
        expect(number).toBeLessThanOrEqual(64);
      }),
    );
  });
});

describe('parseStopSignal', () => {
  it.each([
    ['QUIT', 'SIGQUIT'],
    ['winch', 'SIGWINCH'],
    ['SIGRTMIN+3', 'SIGRTMIN+3'],
    ['9', 'SIGKILL'],
  ])('takes %s', (raw, name) => {
    expect(parseStopSignal(raw).name).toBe(name);
  });

  it.each(['CONT', 'SIGTSTP', 'CHLD', '23'])('refuses %s, which ends no process', (raw) => {
    expect(() => parseStopSignal(raw)).toThrow('ends no process');
  });
});
