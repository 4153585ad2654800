import { expect, it } from 'vitest';
import { findWritten } from '../../../../src/tools/ask/written.ts';

const setting = { flag: '--listen', variable: 'REHUP_LISTEN' };

it.each([
  [['--listen', ':1'], {}, ':1'],
  [['--dry-run', '--listen=:2'], { REHUP_LISTEN: ':3' }, ':2'],
  [['--listening=:4'], { REHUP_LISTEN: ':3' }, ':3'],
  [[], { REHUP_LISTEN: '' }, undefined],
  [[], {}, undefined],
])('is what a flag says, and a variable where there is none: %j %j', (flags, env, written) => {
  expect(findWritten({ flags, env }, setting)).toBe(written);
});
