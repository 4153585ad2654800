import type { Context } from './context.ts';
import type { Bare, CheckName, Finding } from './finding.ts';

/** One thing that a reload needs. It only looks: it signals nobody, and changes nothing. */
export type Check = {
  name: CheckName;
  /** @param earlier What the checks before it found. */
  run: (
    context: Context,
    signal: AbortSignal,
    earlier: readonly Finding[],
  ) => readonly Finding[] | Promise<readonly Finding[]>;
};

/** A check that is made once for the process. */
export function once(
  name: CheckName,
  look: (context: Context, signal: AbortSignal) => readonly Bare[] | Promise<readonly Bare[]>,
): Check {
  return {
    name,
    run: async (context, signal) =>
      (await look(context, signal)).map((bare) => ({ check: name, ...bare })),
  };
}

type Rule = Context['rules'][number];

/** A check that is made for each rule. */
export function perRule(
  name: CheckName,
  look: (
    rule: Rule,
    context: Context,
    signal: AbortSignal,
  ) => readonly Bare[] | Promise<readonly Bare[]>,
): Check {
  return {
    name,
    run: async (context, signal) => {
      const findings: Finding[] = [];
      for (const rule of context.rules) {
        const named = context.rules.length > 1 ? { rule: rule.name } : {};
        const found = await look(rule, context, signal);
        findings.push(...found.map((bare) => ({ check: name, ...named, ...bare })));
      }
      return findings;
    },
  };
}
