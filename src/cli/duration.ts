import { InvalidArgumentError } from 'commander';
import { InvalidValue, parsePositiveDuration } from '../config/parse.ts';

/** For an option of a command: `30s`, `5m`. Returns milliseconds. */
export function parseDurationArgument(text: string): number {
  try {
    return parsePositiveDuration(text);
  } catch (error) {
    if (error instanceof InvalidValue) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
