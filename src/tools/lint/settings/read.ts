import { parseBoolean } from '../../../config/parse.ts';
import type { RawValues } from '../../../config/file.ts';
import type { RuleConfig } from '../../../config/load.ts';
import { environmentName } from '../../../config/option.ts';
import { type OptionName, options, type Settings } from '../../../config/options.ts';
import type { Container } from '../../manifest/container.ts';
import type { ManifestDocument } from '../../manifest/document.ts';
import type { Pod } from '../../manifest/pod.ts';
import type { ObjectIndex } from '../objects.ts';
import { findArguments, type ParseArguments } from './arguments.ts';
import { findConfigFileIn } from './config-file.ts';
import { placeholderFor, readEnvironment } from './environment.ts';
import { describeUsage, diagnose, inConfigFile, type SettingProblem } from './problems.ts';
import { rawValue, type Written } from './written.ts';

/** What is known of rehup's settings from the manifests. */
export type SidecarSettings = {
  written: Written;
  /** `run`, `once`, …; `undefined` if the container starts something else. */
  command: string | undefined;
  /** Options of the process, where they are known. */
  global: Settings | undefined;
  /** Empty where they are not known: what they may be is then not judged. */
  rules: readonly RuleConfig[];
  /** Options that talk to the Kubernetes API, as they are written. */
  usesApi: readonly string[];
  problems: readonly SettingProblem[];
};

export type SettingsInput = {
  document: ManifestDocument;
  pod: Pod;
  rehup: Container;
  objects: ObjectIndex;
  namespace: string | undefined;
  parseArguments: ParseArguments;
};

/** Flags, environment and configuration file, read as the daemon reads them. */
export function readSettings(input: SettingsInput): SidecarSettings {
  const { rehup, objects, namespace, parseArguments } = input;
  const args = findArguments(rehup);
  const parsed = parseArguments((args ?? []).map(({ text }) => text));
  const { flags, hidden } = hideReferences('flags' in parsed ? parsed.flags : {});
  const fromEnvironment = readEnvironment(rehup, objects, namespace);
  const environment = {
    ...fromEnvironment,
    hidden: new Set([...fromEnvironment.hidden, ...hidden]),
  };
  const written = { environment, arguments: args ?? [], flags, configFile: undefined };
  const unknown = { written, command: undefined, global: undefined, rules: [], usesApi: [] };
  if (args === undefined) return { ...unknown, problems: [] };
  if ('usage' in parsed) {
    return { ...unknown, problems: [describeUsage(parsed.usage, args, rehup.path)] };
  }
  return { ...readWhole(written, input), command: parsed.command };
}

function readWhole(
  { environment, ...written }: Written,
  input: SettingsInput,
): Omit<SidecarSettings, 'command'> {
  const { open } = environment;
  const path = rawValue({ environment, ...written }, 'config');
  const configFile =
    path === undefined ? undefined : findConfigFileIn(path, input, input.namespace);
  // Without the file, rules and what they use are not known.
  const isUnseen = path !== undefined && configFile?.file === undefined;
  const whole = { ...written, configFile, environment: { ...environment, open: open || isUnseen } };
  const { config, problems } = diagnose(whole, input.rehup);
  const rules = open || isUnseen ? [] : (config?.rules ?? []);
  return {
    written: whole,
    global: open ? undefined : config?.settings,
    rules,
    usesApi: findApiOptions(whole, rules),
    problems: [...problems, ...inConfigFile(whole, configFile?.problems ?? [])],
  };
}

/** `$(NAME)` in an argument is another variable's value: it counts as one that is right. */
function hideReferences(flags: RawValues): { flags: RawValues; hidden: string[] } {
  const names = (Object.keys(flags) as OptionName[]).filter((name) => flags[name]?.includes('$('));
  const hidden = names.map((name) => environmentName(options[name].flag));
  const placeholders = names.map(
    (name, index) => [name, placeholderFor(hidden[index] ?? '')] as const,
  );
  return { flags: { ...flags, ...Object.fromEntries(placeholders) }, hidden };
}

/** The one that does without the name of the pod. */
export const SOURCE = 'REHUP_SOURCE';

function findApiOptions(written: Written, rules: readonly RuleConfig[]): string[] {
  const restarts: readonly (string | undefined)[] = [
    rawValue(written, 'restart'),
    ...rules.map(({ settings }) => settings.restart),
  ];
  const hasSource =
    Boolean(rawValue(written, 'source')) ||
    rules.some(({ settings }) => settings.source !== undefined);
  const keeps =
    Boolean(rawValue(written, 'keep')) || rules.some(({ settings }) => settings.keep !== undefined);
  return [
    ...(restarts.includes('rollout') ? ['REHUP_RESTART=rollout'] : []),
    ...(hasSource ? [SOURCE] : []),
    ...(keeps ? ['REHUP_KEEP'] : []),
    ...(['prompt', 'events', 'wave'] as const)
      .filter((name) => isOn(rawValue(written, name)))
      .map((name) => `REHUP_${name.toUpperCase()}`),
  ];
}

function isOn(raw: string | undefined): boolean {
  if (raw === undefined || raw === '') return false;
  try {
    return parseBoolean(raw);
  } catch {
    // One of several words, of which none is off.
    return true;
  }
}
