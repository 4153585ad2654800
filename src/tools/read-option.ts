import { exitCodes, FatalError, toError } from '../system/errors.ts';

/** @throws FatalError `--output=xml: is not one of …` */
export function read<Value>(flag: string, raw: string, parse: (raw: string) => Value): Value {
  try {
    return parse(raw);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const reason = toError(error).message;
    throw new FatalError(`${flag}=${raw}: ${reason}`, exitCodes.configuration, { cause: error });
  }
}
