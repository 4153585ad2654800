import type { ConfigProblem } from '../system/errors.ts';
import { findHttpConflicts } from './conflicts-http.ts';
import { environmentName } from './option.ts';
import { type OptionName, options, type Settings } from './options.ts';

/** What does not go together, though each option by itself is right. */
export function findConflicts(settings: Settings, given: ReadonlySet<OptionName>): ConfigProblem[] {
  return [
    ...findTwoActions(given),
    ...findCeiling(settings),
    ...findMoot(settings, given),
    ...findHttpConflicts(settings, given),
  ];
}

const ACTIONS = ['signal', 'url', 'exec', 'restart'] as const satisfies OptionName[];

function findTwoActions(given: ReadonlySet<OptionName>): ConfigProblem[] {
  const actions = ACTIONS.filter((name) => given.has(name));
  if (actions.length < 2) return [];
  return [
    {
      option: actions.map(nameOf).join(' and '),
      value: undefined,
      reason: 'are two actions; a reload does one of them: remove the others',
      // The signal comes last: whoever wrote a URL did not mean the default.
      fixes: actions
        .toReversed()
        .map((kept) => ({ unset: actions.filter((name) => name !== kept).map(nameOf) })),
    },
  ];
}

function findCeiling({ settle, settleMax }: Settings): ConfigProblem[] {
  // Of one that could not be read, nothing can be said.
  if (!(settle > settleMax)) return [];
  return [
    {
      option: nameOf('settle'),
      value: undefined,
      reason: `is longer than its ceiling ${nameOf('settleMax')}`,
      fixes: [{ set: { [nameOf('settleMax')]: `${settle}ms` } }, { unset: [nameOf('settle')] }],
    },
  ];
}

function findMoot({ restart }: Settings, given: ReadonlySet<OptionName>): ConfigProblem[] {
  if (restart === undefined || !given.has('onFailure')) return [];
  return [
    {
      option: nameOf('onFailure'),
      value: undefined,
      reason: `has nothing harder to offer where ${nameOf('restart')} is the action already: remove it`,
      fixes: [{ unset: [nameOf('onFailure')] }],
    },
  ];
}

function nameOf(name: OptionName): string {
  return environmentName(options[name].flag);
}
