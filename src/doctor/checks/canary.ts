import type { RuleDocument } from '../../sidecar/report/status/document.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';

/** Which of two sources the pod has, as the rehup that runs in it says. */
export function describeCanary(said: RuleDocument | undefined): Bare[] {
  const { canary } = said ?? {};
  if (canary === undefined) return [];
  const { source, why, reason, remedy = 'correct the next content' } = canary;
  switch (why) {
    case 'refused':
      return [fail('canary-refused', { seen: reason, remedy })];
    case 'no-percent':
    case 'bad-percent':
      return [warn('canary-without-percent', { seen: reason, remedy })];
    case 'chosen':
    case 'not-chosen':
    case 'no-next':
    case 'first':
      return [pass(`this pod has ${source}: ${reason}`)];
    default:
      return why satisfies never;
  }
}
