import type { RawFile, RawValues } from '../../../config/file.ts';
import { type Config, loadConfig } from '../../../config/load.ts';
import { environmentName } from '../../../config/option.ts';
import { type OptionName, optionNames, options } from '../../../config/options.ts';
import { ConfigError, type ConfigProblem } from '../../../system/errors.ts';
import type { Edit } from '../../manifest/edit.ts';
import { type Argument, findFlag } from './arguments.ts';
import type { ConfigFile } from './config-file.ts';
import type { Environment } from './environment.ts';

/** The settings of a rehup container as they are written down. */
export type Written = {
  environment: Environment;
  arguments: readonly Argument[];
  flags: RawValues;
  /** The file of REHUP_CONFIG, where it is among the manifests. */
  configFile: ConfigFile | undefined;
};

/**
 * What the daemon would make of it, or have against it.
 *
 * @param without Variables to leave out, and the flags that stand for them.
 * @param added Variables that are to be added.
 */
export function load(
  { environment, flags, configFile }: Written,
  without: ReadonlySet<string>,
  added: Readonly<Record<string, string>> = {},
): Config | readonly ConfigProblem[] {
  const { config: _, ...rest } = flags;
  const stays = ([name]: [string, unknown]): boolean =>
    !without.has(name) && !without.has(variableOf(name));
  const env = Object.fromEntries(Object.entries(environment.values).filter(stays));
  const file: RawFile | undefined = configFile?.file;
  try {
    return loadConfig({
      flags: Object.fromEntries(Object.entries(configFile ? rest : flags).filter(stays)),
      env: { ...env, ...added },
      ...(file && { file }),
    });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** `stateDir` → `REHUP_STATE_DIR`. */
function variableOf(name: string): string {
  return optionNames.some((one) => one === name)
    ? environmentName(options[name as OptionName].flag)
    : name;
}

/** Text of an option, wherever it is given; a flag wins. */
export function rawValue({ environment, flags }: Written, name: string): string | undefined {
  const variable = `REHUP_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  const given: Readonly<Record<string, string | undefined>> = flags;
  return given[name] ?? environment.values[variable];
}

/** Whether it is given, as a variable or a flag; in the file it may be all the same. */
export function isGiven(written: Written, variable: string): boolean {
  return removalOf(written, variable).length > 0;
}

/** What removes a variable, and the flag that stands for it. */
export function removalOf(written: Written, variable: string): Edit[] {
  const origin = written.environment.origins.get(variable);
  const flag = `--${variable.replace('REHUP_', '').toLowerCase().replaceAll('_', '-')}`;
  const inArguments = findFlag(written.arguments, flag).toReversed();
  return [
    ...inArguments.map(({ path }) => ({ path, remove: true }) as const),
    ...(origin === undefined ? [] : [{ path: origin.path, remove: true } as const]),
  ];
}
