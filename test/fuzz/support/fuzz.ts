import { relative } from 'node:path';
import * as fc from 'fast-check';
import { expect } from 'vitest';

/** Inputs per parser: `npm test` tries ten thousand, `npm run fuzz` a million. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 10_000);

/** What a failure prints, to try the same inputs again. */
const { FUZZ_SEED, FUZZ_PATH } = process.env;

export interface FuzzOptions {
  /** Of the inputs: the part that is tried, where one costs more than a fraction of a millisecond. */
  readonly share?: number;
}

/** Tries a parser with as many inputs as asked for. What it must not do is for the check to say. */
export function fuzz<Input>(
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => void,
  options: FuzzOptions = {},
): void {
  fc.assert(fc.property(inputs, check), { ...parameters(options), reporter: report });
}

export async function fuzzAsync<Input>(
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => Promise<void>,
  options: FuzzOptions = {},
): Promise<void> {
  await fc.assert(fc.asyncProperty(inputs, check), { ...parameters(options), reporter: report });
}

function parameters({ share = 1 }: FuzzOptions): { numRuns: number; seed?: number; path?: string } {
  return {
    numRuns: Math.max(1, Math.round(RUNS * share)),
    ...(FUZZ_SEED !== undefined && { seed: Number(FUZZ_SEED) }),
    ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }),
  };
}

function report<Input>(details: fc.RunDetails<[Input]>): void {
  const message = fc.defaultReportMessage(details);
  if (message === undefined) return;
  const { seed, counterexamplePath } = details;
  const { currentTestName = '', testPath = '' } = expect.getState();
  const variables = `FUZZ_SEED=${seed} FUZZ_PATH=${counterexamplePath ?? ''}`;
  const [, title = currentTestName] = currentTestName.split(' > ');
  throw new Error(
    `${message}\n\nThe same again:\n${variables} npx vitest run --project fuzz ${relative('', testPath)} -t '${title}'`,
    { cause: details.errorInstance },
  );
}
