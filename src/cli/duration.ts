import { InvalidArgumentError } from 'commander';
import { InvalidValue, parseDuration, parsePositiveDuration } from '../config/parse.ts';

/** For an option of a command: `30s`, `5m`. Returns milliseconds. */
export function parseDurationArgument(text: string): number {
  return parseArgument(text, parsePositiveDuration);
}

/** The same, where `0s` is a choice. */
export function parseOptionalDurationArgument(text: string): number {
  return parseArgument(text, parseDuration);
}

function parseArgument(text: string, parse: (text: string) => number): number {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidValue) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
