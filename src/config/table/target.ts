import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'The target';

export const targetOptions = {
  target: option({
    flag: 'target',
    placeholder: 'TARGET',
    group,
    help: 'auto: the main process of the container that mounts the same volume; container:NAME, name:PROGRAM, cmdline:REGEX or pidfile:PATH',
    default: 'auto',
    parse: parse.parseTarget,
  }),
  select: option({
    flag: 'select',
    placeholder: 'WHICH',
    group,
    help: 'Of several matches: one (refuse), oldest, all',
    default: 'one',
    parse: parse.oneOf('one', 'oldest', 'all'),
  }),
  requireHandler: option({
    flag: 'require-handler',
    placeholder: 'BOOL',
    group,
    help: 'Refuse to signal a process that has no handler for the signal and would be killed by it',
    default: 'true',
    parse: parse.parseBoolean,
  }),
  minAge: option({
    flag: 'min-age',
    placeholder: 'DURATION',
    group,
    help: 'Do not act on a target younger than this',
    default: '0s',
    parse: parse.parseDuration,
  }),
};
