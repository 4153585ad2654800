const SHOWN_VIOLATIONS = 10;

/** What went wrong, between what was played and what happened; `undefined` if nothing did. */
export function describeViolations(
  violations: readonly string[],
  { before, after }: { before: string; after: () => string },
): string | undefined {
  if (violations.length === 0) return undefined;
  const told = [...new Set(violations)].slice(0, SHOWN_VIOLATIONS);
  return [before, ...told, after()].join('\n');
}
