import type { Check } from './check.ts';
import type { Context } from './context.ts';
import type { Finding } from './finding.ts';

/** Makes the checks one after the other. */
export async function examine(
  checks: readonly Check[],
  context: Context,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) findings.push(...(await check.run(context, signal, findings)));
  return findings;
}
