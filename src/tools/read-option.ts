import { exitCodes, FatalError, reasonOf } from '../system/errors.ts';

/** @throws FatalError `--output=xml: is not one of …` */
export function read<Value>(flag: string, raw: string, parse: (raw: string) => Value): Value {
  try {
    return parse(raw);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const reason = reasonOf(error);
    throw new FatalError(`${flag}=${raw}: ${reason}`, exitCodes.configuration, { cause: error });
  }
}
