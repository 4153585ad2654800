import { LineCounter, parseDocument } from 'yaml';
import { ConfigError, type ConfigProblem } from '../system/errors.ts';
import { nearest } from './nearest.ts';
import type { Option } from './option.ts';
import { type OptionName, optionNames, options } from './options.ts';
import { findRepeatedKey } from './yaml-keys.ts';
import { explainYaml, REPEATED_KEY } from './yaml-reasons.ts';

/** Values as they would be written on the command line. */
export type RawValues = Partial<Record<OptionName, string>>;

export type RawRule = { name: string; values: RawValues };

export type RawFile = {
  /** For every rule, and for the process as a whole. */
  values: RawValues;
  rules: RawRule[];
};

export const RULE_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Reads a configuration file: the options by their names in camelCase, and a list of `rules` with
 * options of their own. Throws one ConfigError with every problem there is.
 *
 * @param file Its path, for the messages.
 */
export function parseConfigFile(text: string, file: string): RawFile {
  const problems: ConfigProblem[] = [];
  const document = parseYaml(text, file);
  if (!isRecord(document)) {
    throw new ConfigError([
      { option: file, value: undefined, reason: 'holds no options; write rules: [...]' },
    ]);
  }
  const { rules: rawRules, ...rest } = document;
  const values = readValues(rest, { where: file, problems, inRule: false });
  const rules = readRules(rawRules, { where: file, problems });
  if (problems.length > 0) throw new ConfigError(firstOf(problems, file));
  return { values, rules };
}

function parseYaml(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  const refuse = (reason: string, offset?: number): ConfigError => {
    const position = offset === undefined ? undefined : lineCounter.linePos(offset);
    const at = position === undefined ? '' : ` at line ${position.line}, column ${position.col}`;
    return new ConfigError([
      { option: file, value: undefined, reason: `is not YAML${at}: ${reason}` },
    ]);
  };
  const document = parseDocument(text, { lineCounter, ...SETTINGS });
  const [error] = document.errors;
  if (error) throw refuse(explainYaml(error), error.pos[0]);
  const repeated = findRepeatedKey(document);
  if (repeated !== undefined) throw refuse(REPEATED_KEY, repeated);
  try {
    return document.toJS() as unknown;
  } catch (thrown) {
    throw refuse(explainYaml(thrown));
  }
}

/**
 * Its warnings go to stderr, with the line. To make errors pretty, it looks at the text for each; to
 * make a key of a mapping, at all that is in it, again for each key around it.
 */
const SETTINGS = {
  prettyErrors: false,
  logLevel: 'error',
  stringKeys: true,
  uniqueKeys: false,
} as const;

/** More at once are no help, and each takes time and memory: whoever wrote the file could take both. */
const MOST_PROBLEMS = 50;

function firstOf(problems: readonly ConfigProblem[], file: string): readonly ConfigProblem[] {
  const more = problems.length - MOST_PROBLEMS;
  if (more <= 0) return problems;
  const rest = { option: file, value: undefined, reason: `has ${more} more of them` };
  return [...problems.slice(0, MOST_PROBLEMS), rest];
}

type Place = { where: string; problems: ConfigProblem[] };

function readRules(raw: unknown, { where, problems }: Place): RawRule[] {
  if (raw === undefined) return [{ name: 'default', values: {} }];
  if (!Array.isArray(raw) || raw.length === 0) {
    problems.push({
      option: `${where}: rules`,
      value: undefined,
      reason: 'is not a list of rules',
    });
    return [];
  }
  const rules = raw.flatMap((rule: unknown, index) => readRule(rule, index, { where, problems }));
  const names = rules.map(({ name }) => name);
  for (const name of repeatedOf(names)) {
    problems.push({ option: `${where}: rules`, value: name, reason: 'is the name of two rules' });
  }
  return rules;
}

function repeatedOf(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(names.filter((name) => seen.size === seen.add(name).size));
}

function readRule(raw: unknown, index: number, { where, problems }: Place): RawRule[] {
  const here = `${where}: rules[${index}]`;
  if (!isRecord(raw)) {
    problems.push({
      option: here,
      value: undefined,
      reason: 'is not a rule; write name: and options',
    });
    return [];
  }
  const { name, ...rest } = raw;
  if (typeof name !== 'string' || !RULE_NAME.test(name)) {
    const reason = 'every rule needs a name of lower-case letters, digits and hyphens';
    problems.push({ option: `${here}.name`, value: undefined, reason });
    return [];
  }
  return [{ name, values: readValues(rest, { where: here, problems, inRule: true }) }];
}

function readValues(
  raw: Record<string, unknown>,
  { where, problems, inRule }: Place & { inRule: boolean },
): RawValues {
  const values: RawValues = {};
  for (const [key, value] of Object.entries(raw)) {
    const option = `${where}: ${key}`;
    const name = optionNames.find((known) => known === key);
    if (name === undefined) {
      const reason =
        problems.length < MOST_PROBLEMS
          ? `is not known; did you mean ${nearest(key, optionNames)}?`
          : 'is not known';
      problems.push({ option, value: undefined, reason });
    } else if (name === 'config' || (inRule && globalOf(options[name]))) {
      problems.push({
        option,
        value: undefined,
        reason: 'belongs to the process, not into a rule',
      });
    } else {
      const text = toText(value, options[name].separator ?? ',');
      if (text === undefined)
        problems.push({ option, value: undefined, reason: 'is not a plain value' });
      else values[name] = text;
    }
  }
  return values;
}

function globalOf(option: Option<unknown>): boolean {
  return option.global === true;
}

/** An alias may put a list into another one, and even into itself. */
const DEEPEST_LIST = 3;

function toText(value: unknown, separator: string, depth = 0): string | undefined {
  if (Array.isArray(value) && separator === 'json') {
    return value.every((item) => isPlain(item)) ? JSON.stringify(value) : undefined;
  }
  if (Array.isArray(value) && depth < DEEPEST_LIST) {
    const items = value.map((item) => toText(item, separator, depth + 1));
    return items.includes(undefined) ? undefined : items.join(separator);
  }
  return isPlain(value) ? String(value) : undefined;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** A mapping; YAML has sets, dates and bytes, too. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
