import { join } from 'node:path';
import { LONGEST_PERCENT, parsePercent, PERCENT_KEY } from '../../config/canary.ts';
import { errorCode } from '../../system/errors.ts';
import { readRegular } from '../../system/regular-file.ts';

/** What stands beside the next content; never the text itself, which may be anything. */
export type Percent = number | 'missing' | 'invalid';

/** Without a care for what is swapped meanwhile: whatever is taken for it is held against the sources later. */
export function readPercent(next: string): Percent {
  try {
    return parsePercent(readRegular(join(next, PERCENT_KEY), LONGEST_PERCENT)) ?? 'invalid';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'missing' : 'invalid';
  }
}
