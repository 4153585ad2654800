import { environmentName, type Option } from '../config/option.ts';
import { type OptionName, optionNames, options } from '../config/options.ts';
import type { SettingsFix } from '../system/errors.ts';
import type { Context } from './context.ts';
import {
  type Change,
  containerField,
  removeVariable,
  type Remedy,
  setVariables,
} from './remedy.ts';

type Place = Pick<Context, 'container' | 'configFile' | 'raw'>;

/**
 * Settings as they are to be, where they are set: in the environment of the rehup container, or in the
 * configuration file, if they are in it or there is one.
 *
 * @param values By variable.
 * @param rule The rule that they are for.
 */
export function change(
  place: Place,
  rule: string,
  values: Readonly<Record<string, string>>,
): Change[] {
  const entries = Object.entries(values);
  const [inFile, inEnvironment] = [true, false].map((wanted) =>
    entries.filter(([variable]) => belongsInFile(place, variable) === wanted),
  );
  return [
    ...(inEnvironment?.length
      ? [setVariables(place.container, Object.fromEntries(inEnvironment))]
      : []),
    ...(inFile ?? []).map(([variable, value]) => fileChange(place, rule, variable, value)),
  ];
}

/** The same as a remedy. */
export function set(
  place: Place,
  rule: string,
  values: Readonly<Record<string, string>>,
  note?: string,
): Remedy {
  return { changes: change(place, rule, values), ...(note !== undefined && { note }) };
}

/** Back to the default. */
export function unset(place: Place, rule: string, variable: string): Change {
  return belongsInFile(place, variable)
    ? fileChange(place, rule, variable, null)
    : removeVariable(place.container, variable);
}

export function toRemedy(place: Place, rule: string, fix: SettingsFix): Remedy {
  const { rename } = fix;
  return {
    changes: [
      ...(rename
        ? [containerField(place.container, `env[name=${rename.from}].name`, rename.to)]
        : []),
      ...(fix.unset ?? []).map((variable) => unset(place, rule, variable)),
      ...change(place, rule, fix.set ?? {}),
    ],
  };
}

function belongsInFile({ configFile, raw }: Place, variable: string): boolean {
  return configFile !== undefined && !raw.env[variable] && optionOf(variable) !== undefined;
}

function fileChange(
  { configFile, raw }: Place,
  rule: string,
  variable: string,
  value: unknown,
): Change {
  const option = optionOf(variable) ?? variable;
  const hasRules = (raw.file?.rules ?? []).some(({ name }) => name === rule);
  const path = isGlobal(variable) || !hasRules ? option : `rules[name=${rule}].${option}`;
  return { where: configFile ?? '', path, value };
}

function isGlobal(variable: string): boolean {
  const name = optionOf(variable);
  const option: Option<unknown> | undefined = name && options[name];
  return option?.global === true;
}

function optionOf(variable: string): OptionName | undefined {
  return optionNames.find((name) => environmentName(options[name].flag) === variable);
}

export function variableOf(name: OptionName): string {
  return environmentName(options[name].flag);
}

const OTHER_ACTIONS = ['signal', 'url', 'exec'] as const satisfies OptionName[];

/** A restart instead of the action that is configured. */
export function restartInstead(
  context: Place,
  { name, given }: { name: string; given: ReadonlySet<OptionName> },
  values: Readonly<Record<string, string>> = {},
): Remedy {
  const others = OTHER_ACTIONS.filter((action) => given.has(action));
  return {
    changes: [
      ...change(context, name, { ...values, REHUP_RESTART: 'container' }),
      ...others.map((other) => unset(context, name, variableOf(other))),
    ],
    note: 'the container is restarted at each update, and then has the current content',
  };
}
