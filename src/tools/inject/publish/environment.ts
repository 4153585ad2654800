import { environmentName } from '../../../config/option.ts';
import { type OptionName, optionNames, options } from '../../../config/options.ts';
import { RULES_FILE, RULES_PATH } from '../../manifest/conventions.ts';
import type { InjectOptions } from '../request.ts';
import { formatForms } from './forms.ts';
import type { Published } from './volumes.ts';

/** One volume, and the globs of its keys that are written in place. */
export type Rule = Published & { inPlace: readonly string[] };

type Variables = Readonly<Record<string, string>>;

/** One rule is written as variables, several as a file; what is given is for all of them. */
export function publishingVariables(rules: readonly Rule[], { env }: InjectOptions): Variables {
  const { REHUP_PUBLISH: _, REHUP_PUBLISH_AS: given, ...others } = env;
  const globs = [...new Set(rules.flatMap(({ inPlace }) => inPlace))];
  const [first, second] = rules;
  const isOne = first !== undefined && second === undefined;
  // A variable wins over the file: it has to name the keys of all volumes then.
  const forms = isOne || given !== undefined ? formatForms(globs, given) : '';
  return {
    ...(isOne
      ? { REHUP_WATCH: first.watch, REHUP_PUBLISH: first.publish }
      : { REHUP_CONFIG: `${RULES_PATH}/${RULES_FILE}` }),
    ...(forms !== '' && { REHUP_PUBLISH_AS: forms }),
    ...others,
  };
}

/** The file, as somebody would write it. */
export function formatRules(rules: readonly Rule[]): string {
  const lines = rules.flatMap(({ source, watch, publish, inPlace }) => [
    `  - name: ${source.name}`,
    `    watch: ${watch}`,
    `    publish: ${publish}`,
    ...(inPlace.length > 0 ? [`    publishAs: '${formatForms(inPlace, undefined)}'`] : []),
  ]);
  return ['rules:', ...lines, ''].join('\n');
}

/** What decides about content, and what is said of it; there is no app yet that could be told, and no token. */
const GROUPS: readonly string[] = ['What is watched', 'Validation', 'Publishing'];
const OTHERS: readonly OptionName[] = ['config', 'settle', 'settleMax', 'logLevel', 'logFormat'];

/** Of the variables of rehup, those for its run before the app starts. */
export function firstVariables(variables: Variables): Variables {
  const kept = optionNames
    .filter((name) => GROUPS.includes(options[name].group) || OTHERS.includes(name))
    .map((name) => environmentName(options[name].flag));
  const own = Object.entries(variables).filter(([name]) => kept.includes(name));
  return { ...Object.fromEntries(own), REHUP_ACTION: 'none', REHUP_LISTEN: 'off' };
}
