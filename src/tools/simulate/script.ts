import { createInterface } from 'node:readline';
import type { Clock } from '../../system/clock.ts';
import type { StepScript } from './options.ts';
import { parseStep, type Step } from './step.ts';

/** The steps, each when its time has come. Ends with the list, or the input; throws when aborted. */
export function readScript(
  script: StepScript,
  clock: Clock,
  signal: AbortSignal,
  stdin: { input: NodeJS.ReadableStream; onProblem: (error: unknown) => void },
): AsyncGenerator<Step> {
  switch (script.by) {
    case 'interval':
      return pace(repeatChange(), script.everyMs, clock, signal);
    case 'list':
      return pace(script.steps, script.everyMs, clock, signal);
    case 'stdin':
      return readLines(stdin.input, stdin.onProblem, signal);
    default:
      return script satisfies never;
  }
}

function* repeatChange(): Generator<Step> {
  for (;;) yield { name: 'change' };
}

/** A pause before each: whoever watches shall have the time to begin. */
async function* pace(
  steps: Iterable<Step>,
  everyMs: number,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  for (const step of steps) {
    await clock.sleep(everyMs, signal);
    yield step;
  }
}

/** A line each; empty ones count for nothing. */
async function* readLines(
  input: NodeJS.ReadableStream,
  onProblem: (error: unknown) => void,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  const lines = createInterface({ input, signal });
  try {
    for await (const line of lines) {
      const step = line.trim() === '' ? undefined : parseLine(line, onProblem);
      if (step !== undefined) yield step;
    }
  } finally {
    lines.close();
  }
}

function parseLine(line: string, onProblem: (error: unknown) => void): Step | undefined {
  try {
    return parseStep(line);
  } catch (error) {
    onProblem(error);
    return undefined;
  }
}
