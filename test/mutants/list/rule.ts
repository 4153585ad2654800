import type { Mutant } from '../mutant.ts';

const suites = ['unit/sidecar/rule'];

/** Decisions that lose an update, or tell the app of one that it has. */
export const ruleMutants: readonly Mutant[] = [
  {
    name: 'content that came back is not looked into',
    file: 'sidecar/rule/behind.ts',
    find: 'then?.snapshot.hash === snapshot.hash && then.snapshot.swappedAtMs !== snapshot.swappedAtMs;',
    replace: 'false;',
    suites,
  },
  {
    name: 'keys that do not count explain no swap',
    file: 'sidecar/rule/behind.ts',
    find: 'if (spans.length === 0) return { away: undefined };',
    replace: '',
    suites,
  },
  {
    name: 'who has read the content by itself does not count as current',
    file: 'sidecar/rule/attempt.ts',
    find: 'isYoungerThan(target, becameAtMs) || known',
    replace: 'known',
    suites,
  },
  {
    name: 'who was reloaded with the content before does not count as current',
    file: 'sidecar/rule/attempt.ts',
    find: 'isYoungerThan(target, becameAtMs) || known.get(identify(target))?.hash === hash;',
    replace: 'isYoungerThan(target, becameAtMs);',
    suites,
  },
  {
    name: 'a swap during the reload raises no doubt',
    file: 'sidecar/rule/attempt.ts',
    find: 'const isUnsure = !(await input.hasStayed());',
    replace: 'const isUnsure = false;',
    suites,
  },
  {
    name: 'a swap with equal content during the reload raises no doubt',
    file: 'sidecar/rule/content.ts',
    find: 'return isExplained || read.swappedAtMs === snapshot.swappedAtMs;',
    replace: 'return true;',
    suites,
  },
  {
    name: 'in a volume, too, a key that does not count explains a swap during the reload',
    file: 'sidecar/rule/content.ts',
    find: 'read.inPlace && hashWhole(read)',
    replace: 'hashWhole(read)',
    suites,
  },
  {
    name: 'what was remembered is not forgotten before the app is acted on',
    file: 'sidecar/rule/attempt.ts',
    find: 'input.beforeActing();',
    replace: '',
    suites,
  },
  {
    name: 'content that was not validated is given to the app',
    file: 'sidecar/rule/attempt.ts',
    find: 'if (invalid) return { failure: invalid, targets: [] };',
    replace: '',
    suites: [...suites, 'integration/sidecar/validate'],
  },
  {
    name: 'a dry run counts as applied',
    file: 'sidecar/rule/rule.ts',
    find: "if (result.outcome !== 'dry-run') markApplied();",
    replace: 'markApplied();',
    suites,
  },
  {
    name: 'newer content does not end what was pending',
    file: 'sidecar/rule/rule.ts',
    find: 'ledger = supersede(ledger);',
    replace: '',
    suites,
  },
  {
    name: 'invalid content is tried again',
    file: 'sidecar/rule/plan-retry.ts',
    find: "exhausted || failure.outcome === 'invalid'",
    replace: 'exhausted',
    suites,
  },
  {
    name: 'a pause that the app asks for is not kept',
    file: 'sidecar/rule/plan-retry.ts',
    find: '(failure.retryAfterMs ?? delayMs)',
    replace: 'delayMs',
    suites,
  },
  {
    name: 'a mount that is not there reloads the app as if all its keys were gone',
    file: 'sidecar/rule/content.ts',
    find: 'const tracked = new Map(before?.tracked);',
    replace: 'const tracked: Map<string, Tracked> = new Map();',
    suites,
  },
  {
    name: 'the state is renamed before it is on the disk',
    file: 'sidecar/state/file.ts',
    find: 'fsyncSync(handle);',
    replace: '',
    suites: ['unit/sidecar/state'],
  },
];
