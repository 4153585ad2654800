import { ConfigError, type ConfigProblem, reasonOf } from '../system/errors.ts';
import { findConflicts, findSharedPublish } from './conflicts.ts';
import { findUnusedHttp } from './conflicts-http.ts';
import type { RawFile, RawValues } from './file.ts';
import { nearest } from './nearest.ts';
import { environmentName, type Option } from './option.ts';
import { type OptionName, optionNames, options, type Settings } from './options.ts';

export type RawInput = {
  /** Values of flags, as written. */
  flags: Readonly<RawValues>;
  env: Readonly<Record<string, string | undefined>>;
  /** What the file of `--config` holds, if there is one. */
  file?: RawFile;
};

export type RuleConfig = {
  name: string;
  settings: Settings;
  /** The options that somebody set, wherever. */
  given: ReadonlySet<OptionName>;
};

export type Config = {
  /** Options of the process; those of a rule are in the rule. */
  settings: Settings;
  rules: readonly RuleConfig[];
};

/** The path of the configuration file, before anything else is read. */
export function findConfigFile({ flags, env }: RawInput): string | undefined {
  const { raw } = findRaw('config', { flags, env }, []);
  return raw;
}

/**
 * Flag over environment over rule over the top of the file over default. Throws one ConfigError
 * with every problem there is.
 */
export function loadConfig(input: RawInput): Config {
  const problems: ConfigProblem[] = [];
  const top = input.file?.values ?? {};
  const written = input.file?.rules ?? [{ name: 'default', values: {} }];
  // What is there for one rule that publishes may be written above all of them.
  const isPublished = written.some(({ values }) => values.publish !== undefined);
  const shared =
    (own: RawValues): Shared =>
    (name) =>
      isPublished && own[name] === undefined;
  const { settings } = readSettings(
    { ...input, shared: shared({}) },
    [{ where: 'the file', values: top }],
    problems,
  );
  const rules = written.map(({ name, values }) => ({
    name,
    ...readSettings(
      { ...input, shared: shared(values) },
      [
        { where: `rule ${name}`, values },
        { where: 'the file', values: top },
      ],
      problems,
    ),
  }));
  problems.push(...findSharedPublish(rules), ...findUnknown(input.env));
  if (problems.length > 0) throw new ConfigError(withoutRepeats(problems));
  return { settings, rules };
}

/** Values from the file, nearest first. */
type Layer = { where: string; values: RawValues };

/** Whether an option that is given is so for all rules. */
type Shared = (name: OptionName) => boolean;

function readSettings(
  input: RawInput & { shared: Shared },
  layers: readonly Layer[],
  problems: ConfigProblem[],
): Omit<RuleConfig, 'name'> {
  const found: ConfigProblem[] = [];
  const given = new Set<OptionName>();
  const values = optionNames.map((name) => {
    const { written, raw } = findRaw(name, input, layers);
    if (raw !== undefined) given.add(name);
    return [name, parseOne(options[name], written, raw, found)] as const;
  });
  const settings = Object.fromEntries(values) as Settings;
  // An option that could not be read is missing here, and nothing can be said of those beside it.
  const whole = found.length === 0;
  const conflicts = [
    ...findConflicts(settings, given, new Set([...given].filter(input.shared))),
    ...(whole && input.file === undefined ? findUnusedHttp(settings, given) : []),
  ];
  found.push(...conflicts.map((one) => ({ ...one, check: 'setting-conflict' as const })));
  problems.push(...found);
  return { settings: Object.freeze(settings), given };
}

function findRaw(
  name: OptionName,
  { flags, env }: RawInput,
  layers: readonly Layer[],
): { written: string; raw: string | undefined } {
  const { flag } = options[name];
  const fromFlag = flags[name];
  if (fromFlag !== undefined) return { written: `--${flag}`, raw: fromFlag };
  const variable = environmentName(flag);
  // Kubernetes manifests cannot unset a variable of a shared base; an empty one counts as not set.
  if (env[variable]) return { written: variable, raw: env[variable] };
  const layer = layers.find(({ values }) => values[name] !== undefined);
  return layer === undefined
    ? { written: variable, raw: undefined }
    : { written: `${layer.where}: ${name}`, raw: layer.values[name] };
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
    const fixes = written.startsWith('REHUP_') ? { fixes: [{ unset: [written] }] } : {};
    const reason = reasonOf(error);
    problems.push({ option: written, value, reason, check: 'setting-invalid', ...fixes });
    return undefined;
  }
}

/**
 * The variables that the kubelet adds for Services of the namespace (`enableServiceLinks`): a
 * Service that is called rehup, or rehup-something, makes some that begin like ours.
 */
const SERVICE_LINK =
  /^(?=[A-Z0-9_]*$).*(?:_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** What a command of ours is given: it may itself call rehup. */
const COMMAND_VARIABLES = ['CHANGED', 'ADDED', 'REMOVED', 'HASH', 'TARGET_PID'].map(
  (name) => `REHUP_${name}`,
);

function findUnknown(env: RawInput['env']): ConfigProblem[] {
  const known = [
    ...optionNames.map((name) => environmentName(options[name].flag)),
    ...COMMAND_VARIABLES,
  ];
  return Object.keys(env)
    .filter((name) => name.startsWith('REHUP_') && !known.includes(name))
    .filter((name) => !SERVICE_LINK.test(name))
    .map((name) => {
      const meant = nearest(name, known);
      return {
        option: name,
        value: undefined,
        reason: `is not known; did you mean ${meant}?`,
        check: 'setting-unknown' as const,
        fixes: [{ rename: { from: name, to: meant } }, { unset: [name] }],
      };
    });
}

/** An option of the whole process is read once for each rule. */
function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.option} ${problem.reason}`, problem]));
  return [...seen.values()];
}
