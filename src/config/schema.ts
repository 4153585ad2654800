import { RULE_NAME } from './file.ts';
import { type OptionName, optionNames, options } from './options.ts';
import { parseBoolean, parseDuration, parsePositiveDuration } from './parse.ts';

/** The JSON Schema of a configuration file, made from the table of options. */
export function createConfigSchema(): object {
  const names = optionNames.filter((name) => name !== 'config');
  const ofRules = names.filter((name) => !('global' in options[name]));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://raw.githubusercontent.com/rehup/rehup/main/docs/config.schema.json',
    title: 'rehup configuration',
    description: 'The file that REHUP_CONFIG names. Options at the top are for every rule.',
    type: 'object',
    additionalProperties: false,
    properties: {
      ...describeAll(names),
      rules: {
        description:
          'Rules in the order in which they act; without any, there is one called default',
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['name'],
          additionalProperties: false,
          properties: {
            name: {
              description: 'Shown in logs and metrics',
              type: 'string',
              pattern: RULE_NAME.source,
            },
            ...describeAll(ofRules),
          },
        },
      },
    },
  };
}

function describeAll(names: readonly OptionName[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, describe(name)]));
}

/** Values are written as on the command line; lists may be lists, numbers and switches bare. */
function describe(name: OptionName): object {
  const { help, default: fallback, separator, parse } = { ...options[name] };
  const value = describeValue(parse);
  return {
    description: help,
    ...(fallback !== undefined && { default: fallback }),
    ...(separator === undefined
      ? value
      : { anyOf: [value, { type: 'array', items: { type: ['string', 'number'] } }] }),
  };
}

const DURATION = { type: 'string', pattern: '^(0|(\\d+(\\.\\d+)?(ms|s|m|h))+)$' };

/** What else is taken for yes and no. */
const SWITCH = { enum: ['true', 'false', 'yes', 'no', 'on', 'off', '1', '0', 1, 0] };

/** As much as its parser tells: words and durations are proposed, and checked, while one writes. */
function describeValue(parse: object): object {
  if ('words' in parse) {
    const words = parse.words as readonly string[];
    // What YAML takes for a switch.
    const bare = words.flatMap((word) =>
      word === 'true' || word === 'false' ? word === 'true' : [],
    );
    return { enum: [...words, ...bare] };
  }
  if (parse === parseBoolean) return { anyOf: [{ type: 'boolean' }, SWITCH] };
  if (parse === parseDuration || parse === parsePositiveDuration)
    return { anyOf: [DURATION, { const: 0 }] };
  return { type: ['string', 'number', 'boolean'] };
}
