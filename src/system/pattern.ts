import type { Context, Script } from 'node:vm';
import { Plain } from './errors.ts';

/** A pattern and a text can make each other's work grow beyond any bound. */
export class TooSlow extends Plain {
  constructor() {
    super(`the pattern had not finished within ${LONGEST_MS} ms`);
  }
}

/** For all texts together: patterns without nested repetition take a hundredth of it. */
const LONGEST_MS = 500;

type Matcher = { script: Script; context: Context };

let matcher: Matcher | undefined;

/** Made by the first use: most sidecars have no pattern. */
function createMatcher(): Matcher {
  const vm = process.getBuiltinModule('node:vm');
  const script = new vm.Script('texts.map((text) => pattern.test(text))');
  return { script, context: vm.createContext({ pattern: undefined, texts: [] }) };
}

/**
 * Which of the texts match. The pattern is the user's, the texts are not: command lines of other
 * processes, bodies of answers. @throws TooSlow
 */
export function matchEach(pattern: RegExp, texts: readonly string[]): readonly boolean[] {
  // The one way to end a regular expression from outside, short of a thread.
  matcher ??= createMatcher();
  const { script, context } = matcher;
  Object.assign(context, { pattern, texts });
  try {
    return script.runInContext(context, { timeout: LONGEST_MS }) as boolean[];
  } catch (error) {
    // An Error of that context is none of this one.
    const { code } = error as { code?: unknown };
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TooSlow();
    throw error;
  } finally {
    Object.assign(context, { pattern: undefined, texts: [] });
  }
}
