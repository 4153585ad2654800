import type { Decision, RulePreview } from '../../src/sidecar/events.ts';
import type { Change } from '../../src/system/diff-keys.ts';

/** A decision as a rule makes it: an unchanged look, unless said otherwise. */
export function buildDecision(decision: Partial<Decision> = {}): Decision {
  return {
    rule: 'default',
    action: 'signal',
    outcome: 'unchanged',
    changes: new Map(),
    hash: 'ab'.repeat(32),
    targets: [],
    pending: false,
    ...decision,
  };
}

export function buildPreview(preview: Partial<RulePreview> = {}): RulePreview {
  return { rule: 'default', action: 'signal', mounts: ['/etc/app'], targets: [], ...preview };
}

export function buildChange(change: Partial<Change> = {}): Change {
  return { added: [], changed: [], removed: [], ...change };
}
