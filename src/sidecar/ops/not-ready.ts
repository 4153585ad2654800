import type { CountingRule } from '../rule/create.ts';
import type { Status } from '../report/status.ts';

/**
 * Why an app after a native sidecar does not start: nothing is published yet.
 *
 * @param isOwn The pod itself asks: names of keys and places are for nobody else.
 */
export function explainUnpublished(
  rules: readonly Pick<CountingRule, 'name' | 'isPublished'>[],
  { rules: tracked }: Pick<Status, 'rules'>,
  isOwn: boolean,
): string {
  const lines = rules
    .filter((rule) => !rule.isPublished())
    .map(({ name }) => {
      const { last } = tracked[name] ?? {};
      const start = `rule ${name} has published nothing yet`;
      if (last === undefined) return start;
      const { outcome, reason, remedy } = last;
      if (!isOwn)
        return `${start} (${outcome}); kubectl exec POD -c rehup -- rehup status says why`;
      const why = reason === undefined ? '' : `: ${reason}`;
      return [`${start}: ${outcome}${why}`, ...(remedy ? [`remedy: ${remedy}`] : [])].join('\n');
    });
  return lines.join('\n');
}
