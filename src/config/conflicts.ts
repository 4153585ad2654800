import type { ConfigProblem } from '../system/errors.ts';
import { findCanaryConflicts } from './conflicts-canary.ts';
import { findHttpConflicts } from './conflicts-http.ts';
import { environmentName } from './option.ts';
import { type OptionName, options, type Settings } from './options.ts';

/**
 * What does not go together, though each option by itself is right.
 *
 * @param shared What is for all rules: it need not mean something to each.
 */
export function findConflicts(
  settings: Settings,
  given: ReadonlySet<OptionName>,
  shared: ReadonlySet<OptionName> = new Set(),
): ConfigProblem[] {
  return [
    ...findTwoActions(given),
    ...findCeiling(settings),
    ...findMoot(settings, given),
    ...findUnpublished(settings, new Set([...given].filter((name) => !shared.has(name)))),
    ...findUnpublishable(settings),
    ...findForgetful(settings, given),
    ...findSourceless(settings, given),
    ...findMootWave(settings, given),
    ...findCanaryConflicts(settings, given),
    ...findHttpConflicts(settings, given),
  ];
}

const ACTIONS = ['signal', 'url', 'exec', 'restart', 'action'] as const satisfies OptionName[];

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

const OF_PUBLISHING = [
  'action',
  'publishAs',
  'gunzip',
  'expand',
  'render',
  'first',
  'keep',
  'merge',
] as const satisfies OptionName[];

function findUnpublished({ publish }: Settings, given: ReadonlySet<OptionName>): ConfigProblem[] {
  if (publish !== undefined || given.has('publish')) return [];
  return OF_PUBLISHING.filter((name) => given.has(name)).map((name) => ({
    option: nameOf(name),
    value: undefined,
    reason: `means nothing without ${nameOf('publish')}: remove it, or set that`,
    fixes: [{ unset: [nameOf(name)] }],
  }));
}

function findUnpublishable({ publish, restart, watch }: Settings): ConfigProblem[] {
  if (publish === undefined) return [];
  const problems: ConfigProblem[] = [];
  if (restart === 'rollout' || restart === 'pod') {
    const does = restart === 'pod' ? 'ends rehup with it' : 'replaces that pod';
    problems.push({
      option: nameOf('publish'),
      value: undefined,
      reason: `is of one pod, and ${nameOf('restart')}=${restart} ${does}: set container`,
      fixes: [{ set: { [nameOf('restart')]: 'container' } }],
    });
  }
  const sources = Array.isArray(watch) ? watch : [];
  if (sources.some((source) => isBelow(source, publish) || isBelow(publish, source))) {
    problems.push({
      option: nameOf('publish'),
      value: publish,
      reason: `must not lie in a source, nor a source in it: mount an emptyDir elsewhere`,
    });
  }
  return problems;
}

/** Two writers of one directory would remove what the other has published. */
export function findSharedPublish(
  rules: readonly { name: string; settings: Pick<Settings, 'publish'> }[],
): ConfigProblem[] {
  const seen = new Map<string, string>();
  return rules.flatMap(({ name, settings: { publish } }) => {
    const other = publish === undefined ? undefined : seen.get(publish);
    if (publish === undefined || other === undefined) {
      if (publish !== undefined) seen.set(publish, name);
      return [];
    }
    return [
      {
        option: `rule ${name}: publish`,
        value: publish,
        reason: `is where rule ${other} publishes: give each a directory of its own`,
        check: 'setting-conflict' as const,
      },
    ];
  });
}

/** Or the same. */
function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** Where the state directory is, as what adds one has it. */
export const STATE_DIRECTORY = '/var/lib/rehup';

/** After the restart, another run of rehup must know that it was asked for. */
function findForgetful(
  { restart, stateDir }: Settings,
  given: ReadonlySet<OptionName>,
): ConfigProblem[] {
  if (restart !== 'pod' || stateDir !== undefined || given.has('stateDir')) return [];
  return [
    {
      option: nameOf('restart'),
      value: restart,
      reason: `needs ${nameOf('stateDir')}, an emptyDir: rehup ends with the pod, and must know at its next start that it asked for that`,
      fixes: [{ set: { [nameOf('stateDir')]: STATE_DIRECTORY } }],
    },
  ];
}

/** What comes from the API has to be put somewhere, and is what is watched. */
function findSourceless(
  { source, publish }: Settings,
  given: ReadonlySet<OptionName>,
): ConfigProblem[] {
  if (source === undefined) return [];
  const problems: ConfigProblem[] = [];
  if (publish === undefined) {
    problems.push({
      option: nameOf('source'),
      value: undefined,
      reason: `needs ${nameOf('publish')}: an emptyDir of the app and of rehup, into which the content is written`,
    });
  }
  if (given.has('watch')) {
    problems.push({
      option: `${nameOf('source')} and ${nameOf('watch')}`,
      value: undefined,
      reason: 'are two sources of the content: remove one of them',
      fixes: [{ unset: [nameOf('watch')] }, { unset: [nameOf('source')] }],
    });
  }
  return problems;
}

/** What goes round a workload by itself, or by nobody. */
function findMootWave(
  { restart, wave }: Settings,
  given: ReadonlySet<OptionName>,
): ConfigProblem[] {
  if (wave !== undefined && restart === 'rollout') {
    const reason = `goes pod by pod, and ${nameOf('restart')}=rollout replaces all of them: remove one of the two`;
    return [
      { option: nameOf('wave'), value: undefined, reason, fixes: [{ unset: [nameOf('wave')] }] },
    ];
  }
  const alone = (['soak', 'wavePatience'] as const).filter((name) => given.has(name));
  if (given.has('wave') || alone.length === 0) return [];
  const fixes = [{ set: { [nameOf('wave')]: '1' } }, { unset: alone.map(nameOf) }];
  const reason = `means nothing without ${nameOf('wave')}`;
  return [{ option: alone.map(nameOf).join(' and '), value: undefined, reason, fixes }];
}

function nameOf(name: OptionName): string {
  return environmentName(options[name].flag);
}
