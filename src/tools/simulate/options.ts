import { InvalidValue, oneOf, parsePositiveDuration } from '../../config/parse.ts';
import { ConfigError, type ConfigProblem } from '../../system/errors.ts';
import { textFile } from './content.ts';
import type { KeyFiles } from './keys.ts';
import type { Format } from './report.ts';
import { parsePlay, parseSetting, type Step } from './step.ts';
import type { Order } from './volume.ts';

/** As written on the command line. */
export type RawOptions = {
  every?: string;
  play?: string;
  from?: string;
  set?: string[];
  order?: string;
  keep?: boolean;
  output?: string;
};

/** Where the steps come from. */
export type StepScript =
  /** `change`, again and again. */
  | { by: 'interval'; everyMs: number }
  | { by: 'list'; everyMs: number; steps: readonly Step[] }
  | { by: 'stdin' };

/** Steps, or the directory whose content is published. */
export type Script = StepScript | { by: 'source'; directory: string };

export type Options = {
  script: Script;
  /** On top of what the directory has. */
  set: KeyFiles;
  order: Order;
  keep: boolean;
  format: Format;
};

/** Between two steps of `--play`, where `--every` does not say. */
const DEFAULT_EVERY = '5s';

/** Throws ConfigError with all that is wrong. */
export function parseOptions(raw: RawOptions): Options {
  const problems: ConfigProblem[] = [];
  const parse = <Value>(option: string, value: string, parser: (raw: string) => Value): Value => {
    try {
      return parser(value);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      problems.push({ option, value: withoutContents(value), reason: error.message });
      // Never used: the problem ends it.
      return undefined as Value;
    }
  };
  const options: Options = {
    script: parseScript(raw, parse),
    set: new Map(
      (raw.set ?? []).map((text) => {
        const setting = parse('--set', text, parseSetting);
        return [setting?.key ?? '', textFile(setting?.value ?? '')];
      }),
    ),
    order: parse('--order', raw.order ?? 'new', oneOf('old', 'new')),
    keep: raw.keep === true,
    format: parse('--output', raw.output ?? 'text', oneOf('text', 'json')),
  };
  problems.push(...findConflicts(raw));
  if (problems.length > 0) throw new ConfigError(problems);
  return options;
}

/** What is set may be secret. */
function withoutContents(value: string): string {
  return value.replace(/=.*/s, '=…');
}

type Parse = <Value>(option: string, value: string, parser: (raw: string) => Value) => Value;

function parseScript({ every, play, from }: RawOptions, parse: Parse): Script {
  const everyMs = parse('--every', every ?? DEFAULT_EVERY, parsePositiveDuration);
  const steps = play === undefined ? undefined : parse('--play', play, parsePlay);
  if (from !== undefined) return { by: 'source', directory: from };
  if (steps !== undefined) return { by: 'list', everyMs, steps };
  return every === undefined ? { by: 'stdin' } : { by: 'interval', everyMs };
}

/** What is published is what the source has, and nothing else. */
function findConflicts({ from, every, play, set }: RawOptions): ConfigProblem[] {
  if (from === undefined) return [];
  const others = Object.entries({ '--every': every, '--play': play, '--set': set });
  return others.flatMap(([option, value]) =>
    value === undefined
      ? []
      : [
          {
            option,
            value: undefined,
            reason: 'cannot be used with --from, which sets the content',
          },
        ],
  );
}
