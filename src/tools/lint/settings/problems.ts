import type { Config } from '../../../config/load.ts';
import { environmentName } from '../../../config/option.ts';
import { optionNames, options } from '../../../config/options.ts';
import type { ConfigProblem } from '../../../system/errors.ts';
import type { Container } from '../../manifest/container.ts';
import { type Addition, append, type Edit } from '../../manifest/edit.ts';
import type { Path } from '../../manifest/path.ts';
import type { Found } from '../finding.ts';
import { type Argument, findFlag } from './arguments.ts';
import { isAccepted } from './environment.ts';
import { isGiven, load, rawValue, removalOf, type Written } from './written.ts';

export type SettingId =
  'setting-invalid' | 'setting-unknown' | 'setting-conflict' | 'config-file-invalid';

export type SettingProblem = Found & { id: SettingId };

export type Diagnosis = {
  /** As it would be once the problems are solved; absent where that is not in the manifest. */
  config: Config | undefined;
  problems: readonly SettingProblem[];
};

/**
 * What the daemon would say of its settings, one problem after the other, each with what to remove
 * so that it is gone.
 *
 * @param container Where it is shown, if nothing is nearer.
 */
export function diagnose(written: Written, rehup: Pick<Container, 'path' | 'value'>): Diagnosis {
  const { path: container } = rehup;
  const found: SettingProblem[] = [];
  const without = new Set<string>();
  let added: Readonly<Record<string, string>> = {};
  for (;;) {
    const result = load(written, without, added);
    if ('rules' in result) return { config: result, problems: found };
    const [problem] = result;
    if (problem === undefined) return { config: undefined, problems: found };
    const missing = findMissing(written, problem);
    if (missing !== undefined && !Object.keys(missing).some((name) => name in added)) {
      added = { ...added, ...missing };
      if (isCertain(written, problem)) found.push(describeMissing(problem, missing, rehup));
      continue;
    }
    const culprit = findCulprit({ written, without, added }, problem);
    if (culprit === undefined) {
      const others = result.filter(
        (one) => findCulprit({ written, without, added }, one) === undefined,
      );
      found.push(...inConfigFile(written, others));
      return { config: undefined, problems: found };
    }
    without.add(culprit);
    if (isCertain(written, problem)) found.push(describe(written, problem, { culprit, container }));
  }
}

/** Of the variables that the problem names, the first without which it is gone. */
type Changed = {
  written: Written;
  without: ReadonlySet<string>;
  added: Readonly<Record<string, string>>;
};

function findCulprit(
  { written, without, added }: Changed,
  problem: ConfigProblem,
): string | undefined {
  const names = new Set([...namesIn(problem.option), ...namesIn(problem.reason)]);
  return [...names].find((name) => {
    if (without.has(name) || removalOf(written, name).length === 0) return false;
    const result = load(written, new Set([...without, name]), added);
    return 'rules' in result || !result.some((one) => isSame(one, problem));
  });
}

function isSame(one: ConfigProblem, other: ConfigProblem): boolean {
  return one.option === other.option && one.reason === other.reason;
}

/** Variables and flags, all as variables. */
function namesIn(text: string): string[] {
  const names = text.match(/REHUP_[A-Z0-9_]+|--[a-z][a-z-]*/g) ?? [];
  return names.map((name) => name.replace(/^--/, 'REHUP_').replaceAll('-', '_').toUpperCase());
}

/** What depends on a value that is not in the manifest may well be right. */
function isCertain({ environment }: Written, { option, value, reason }: ConfigProblem): boolean {
  const names = [...namesIn(option), ...namesIn(reason)];
  if (names.some((name) => environment.hidden.has(name))) return false;
  return !environment.open || value !== undefined || isUnknown(reason);
}

function isUnknown(reason: string): boolean {
  return reason.startsWith('is not known');
}

/** What would help if it were there, and is not. Beside a file, only what holds for all rules. */
function findMissing(
  written: Written,
  { fixes = [] }: ConfigProblem,
): Readonly<Record<string, string>> | undefined {
  const set = fixes.find((fix) => fix.set !== undefined)?.set;
  if (set === undefined) return undefined;
  const isMissing = (name: string): boolean =>
    !isGiven(written, name) && (written.configFile === undefined || isGlobal(name));
  return Object.keys(set).every(isMissing) ? set : undefined;
}

function isGlobal(variable: string): boolean {
  const name = optionNames.find((one) => environmentName(options[one].flag) === variable);
  return name !== undefined && { ...options[name] }.global === true;
}

function describeMissing(
  { option, value, reason }: ConfigProblem,
  missing: Readonly<Record<string, string>>,
  { path, value: container }: Pick<Container, 'path' | 'value'>,
): SettingProblem {
  const variables = Object.entries(missing).map(([name, text]) => ({ name, value: text }));
  const names = variables.map((one) => `${one.name}=${one.value}`).join(', ');
  return {
    id: 'setting-conflict',
    path,
    message: `${option}${value === undefined ? '' : `=${value}`}: ${reason}`,
    why: 'rehup leaves with exit code 2 when it is started so',
    remedies: [
      { text: `set ${names}`, edits: append(container, ['env'], ...variables).map(at(path)) },
    ],
  };
}

/** From the container to the document. */
function at(path: Path): (edit: Addition) => Edit {
  return (edit) => ({ ...edit, path: [...path, ...edit.path] });
}

type Context = { culprit: string; container: Path };

function describe(
  written: Written,
  { option, value, reason, fixes = [] }: ConfigProblem,
  { culprit, container }: Context,
): SettingProblem {
  const origin = written.environment.origins.get(culprit);
  const removal = removalOf(written, culprit);
  const elsewhere = origin?.elsewhere;
  const [rename] = elsewhere ? [] : fixes.flatMap((fix) => fix.rename?.to ?? []);
  const edits: Edit[] =
    rename === undefined || origin === undefined
      ? removal
      : [{ path: [...origin.path, 'name'], value: rename }];
  return {
    id: idOf(written, reason, culprit),
    path: origin?.valuePath ?? removal[0]?.path ?? container,
    message: `${option}${value === undefined ? '' : `=${value}`}: ${reason}`,
    why: 'rehup leaves with exit code 2 when it is started so',
    remedies: [
      {
        text: rename === undefined ? `leave ${culprit} away, or correct it` : `write ${rename}`,
        edits,
        ...(elsewhere && { elsewhere }),
      },
    ],
    ...(elsewhere && { document: elsewhere.document }),
  };
}

/** A value that is wrong by itself, or values that do not go together. */
function idOf(written: Written, reason: string, culprit: string): SettingId {
  if (isUnknown(reason)) return 'setting-unknown';
  const name = optionNames.find((one) => environmentName(options[one].flag) === culprit);
  const raw = name && rawValue(written, name);
  const isWrong = name !== undefined && raw !== undefined && !isAccepted(name, raw);
  return isWrong ? 'setting-invalid' : 'setting-conflict';
}

/** Problems of the file, shown at the key that holds it. */
export function inConfigFile(
  { configFile }: Written,
  problems: readonly ConfigProblem[],
): SettingProblem[] {
  if (configFile === undefined) return [];
  const { document, path } = configFile.place;
  return problems.map(({ option, value, reason }) => ({
    id: 'config-file-invalid',
    document,
    path,
    message: `${option}${value === undefined ? '' : `=${value}`}: ${reason}`,
    why: 'rehup leaves with exit code 2 when it is started with this file',
    remedies: [{ text: 'correct the file', edits: [] }],
  }));
}

/** A command line that rehup does not take. */
export function describeUsage(
  usage: string,
  args: readonly Argument[],
  container: Path,
): SettingProblem {
  const flag = /'(--[a-z-]+)/.exec(usage)?.[1];
  const given = flag === undefined ? [] : findFlag(args, flag);
  const [first] = given;
  return {
    id: 'setting-invalid',
    path: first?.path ?? container,
    message: usage,
    why: 'rehup leaves with exit code 2 when it is started so',
    remedies: [
      {
        text: 'leave the argument away, or correct it',
        edits: given.toReversed().map(({ path }) => ({ path, remove: true })),
      },
    ],
  };
}
