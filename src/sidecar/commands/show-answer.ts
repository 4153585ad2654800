import { exitCodes, FatalError } from '../../system/errors.ts';
import { showText, withoutCommands } from '../../system/show.ts';

/**
 * Makes the text that a command prints of an answer, in which no string can act on the terminal.
 *
 * @param print May throw where the answer has not the form of one of rehup.
 */
export function showAnswer(body: string, print: (answer: unknown) => string): string {
  try {
    return withoutCommands(print(showStrings(JSON.parse(body))));
  } catch (error) {
    throw new FatalError(
      'what was answered is of no rehup of this version',
      exitCodes.reloadFailed,
      {
        cause: error,
      },
    );
  }
}

function showStrings(value: unknown): unknown {
  if (typeof value === 'string') return showText(value);
  if (Array.isArray(value)) return value.map(showStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [showText(name), showStrings(inner)]),
  );
}
