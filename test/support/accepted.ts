import { InvalidValue } from '../../src/config/parse.ts';

/** What a parser makes of a value, `undefined` when it refuses it. Any other error is a bug. */
export function accepted<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}
