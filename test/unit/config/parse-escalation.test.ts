import { describe, expect, it } from 'vitest';
import { parseEscalation } from '../../../src/config/parse-escalation.ts';

describe('parseEscalation', () => {
  it.each([
    ['restart', 3],
    ['restart:1', 1],
    ['restart:12', 12],
  ])('reads %s', (text, afterFailures) => {
    expect(parseEscalation(text)).toEqual({ action: 'restart', afterFailures });
  });

  it.each(['', 'reboot', 'restart:', 'restart:0', 'restart:-1', 'restart:x'])(
    'refuses %j',
    (text) => {
      expect(() => parseEscalation(text)).toThrow(
        'is not an escalation; write restart, or restart:<failures before it>',
      );
    },
  );
});
