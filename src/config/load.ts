import leven from 'leven';
import { ConfigError, type ConfigProblem, toError } from '../errors.ts';
import { environmentName, type Option } from './option.ts';
import { type OptionName, optionNames, options, type Settings } from './options.ts';

export type RawInput = {
  /** Values of flags, as written. */
  flags: Readonly<Partial<Record<OptionName, string>>>;
  env: Readonly<Record<string, string | undefined>>;
};

export type Loaded = {
  settings: Settings;
  /** Options that the user set, as opposed to defaults. */
  given: ReadonlySet<OptionName>;
};

/** Flag over environment over default. Throws one ConfigError with every problem there is. */
export function loadSettings({ flags, env }: RawInput): Loaded {
  const problems: ConfigProblem[] = [];
  const given = new Set<OptionName>();
  const values = optionNames.map((name) => {
    const { written, raw } = findRaw(name, { flags, env });
    if (raw !== undefined) given.add(name);
    return [name, parseOne(options[name], written, raw, problems)] as const;
  });
  const settings = Object.fromEntries(values) as Settings;
  problems.push(...findUnknown(env));
  if (problems.length === 0) problems.push(...findConflicts(settings, given));
  if (problems.length > 0) throw new ConfigError(problems);
  return { settings: Object.freeze(settings), given };
}

function findRaw(
  name: OptionName,
  { flags, env }: RawInput,
): { written: string; raw: string | undefined } {
  const { flag } = options[name];
  const fromFlag = flags[name];
  if (fromFlag !== undefined) return { written: `--${flag}`, raw: fromFlag };
  const variable = environmentName(flag);
  // Kubernetes manifests cannot unset a variable of a shared base; an empty one counts as not set.
  return { written: variable, raw: env[variable] === '' ? undefined : env[variable] };
}

function parseOne(
  option: Option<unknown>,
  written: string,
  raw: string | undefined,
  problems: ConfigProblem[],
): unknown {
  const text = raw ?? option.default;
  if (text === undefined) return undefined;
  try {
    return option.parse(text);
  } catch (error) {
    const value = option.secret ? undefined : text;
    problems.push({ option: written, value, reason: toError(error).message });
    return undefined;
  }
}

/**
 * The variables that the kubelet adds for Services of the namespace (`enableServiceLinks`): a
 * Service that is called rehup, or rehup-something, makes some that begin like ours.
 */
const SERVICE_LINK =
  /_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?$/;

function findUnknown(env: RawInput['env']): ConfigProblem[] {
  const known = optionNames.map((name) => environmentName(options[name].flag));
  return Object.keys(env)
    .filter((name) => name.startsWith('REHUP_') && !known.includes(name))
    .filter((name) => !SERVICE_LINK.test(name))
    .map((name) => ({
      option: name,
      value: undefined,
      reason: `is not known; did you mean ${nearest(name, known)}?`,
    }));
}

function nearest(name: string, known: readonly string[]): string {
  return known.toSorted((one, other) => leven(name, one) - leven(name, other))[0] ?? '';
}

function findConflicts(settings: Settings, given: ReadonlySet<OptionName>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const actions = (['signal', 'url'] as const).filter((name) => given.has(name));
  if (actions.length > 1) {
    const names = actions.map((name) => environmentName(options[name].flag));
    problems.push({
      option: names.join(' and '),
      value: undefined,
      reason: 'are two actions; a reload does one of them: remove the others',
    });
  }
  if (settings.settle > settings.settleMax) {
    problems.push({
      option: environmentName(options.settle.flag),
      value: undefined,
      reason: `is longer than its ceiling ${environmentName(options.settleMax.flag)}`,
    });
  }
  return problems;
}
