import { type ExitCode, exitCodes, FatalError, toError } from '../errors.ts';
import { KubeProblem } from './problem.ts';

type FatalInit = {
  message: string;
  remedy: string;
  /** Default: 4, as for all that the cluster has to do with. */
  exitCode?: ExitCode;
  cause?: unknown;
};

/** The end of a command, with what the user can do about it. */
export function fatal({ message, remedy, exitCode, cause }: FatalInit): FatalError {
  const error = new FatalError(message, exitCode ?? exitCodes.reloadFailed, { cause });
  return Object.assign(error, { remedy });
}

/** A problem with the API, as the end of a command. Anything else is handed on as it is. */
export function asFatal(error: unknown): Error {
  if (!(error instanceof KubeProblem)) return toError(error);
  const { message, remedy } = error;
  return fatal({ message, remedy, cause: error });
}
