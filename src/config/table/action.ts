import { option } from '../option.ts';
import * as parse from '../parse.ts';
import { parseUrls } from '../parse-http.ts';
import { parseCommand } from '../parse-command.ts';

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
    help: 'Reload by HTTP instead of a signal; of several URLs, comma or whitespace separated, each must succeed. {{hash}} stands for the hash of the content',
    parse: parseUrls,
    secret: true,
    separator: ',',
  }),
  exec: option({
    flag: 'exec',
    placeholder: 'COMMAND',
    group,
    separator: 'json',
    help: 'Reload by a program instead of a signal: split like a shell would, but run without one; the change is in REHUP_CHANGED, REHUP_ADDED, REHUP_REMOVED, REHUP_HASH, REHUP_TARGET_PID and, as JSON, on stdin. Its output is logged as it is: it must print no secrets',
    parse: parseCommand,
    secret: true,
  }),
  action: option({
    flag: 'action',
    placeholder: 'ACTION',
    group,
    help: 'With --publish: none tells the app nothing, as one that watches its files by itself needs it; whether it lives on is looked at all the same',
    parse: parse.oneOf('none'),
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
