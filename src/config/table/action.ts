import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'What is done';

export const actionOptions = {
  signal: option({
    flag: 'signal',
    placeholder: 'SIGNAL',
    group,
    help: 'Signal to send: name with or without SIG, or number; real-time ones as SIGRTMIN+n',
    default: 'SIGHUP',
    parse: parse.parseSignal,
  }),
  url: option({
    flag: 'url',
    placeholder: 'URL',
    group,
    help: 'Reload by HTTP instead of a signal',
    parse: parse.parseUrl,
    secret: true,
  }),
  dryRun: option({
    flag: 'dry-run',
    placeholder: undefined,
    group,
    help: 'Do everything but the action itself',
    default: 'false',
    parse: parse.parseBoolean,
  }),
};
