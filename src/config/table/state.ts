import { isAbsolute } from 'node:path';
import { option } from '../option.ts';
import { InvalidValue } from '../parse.ts';

const group = 'Memory and rules';

function parsePath(raw: string): string {
  if (!isAbsolute(raw)) throw new InvalidValue('is not an absolute path');
  return raw;
}

export const stateOptions = {
  stateDir: option({
    flag: 'state-dir',
    placeholder: 'DIR',
    group,
    global: true,
    help: 'An emptyDir in which rehup remembers what is applied across restarts of its container, and where its socket for rehup trigger and rehup status is',
    parse: parsePath,
  }),
  config: option({
    flag: 'config',
    placeholder: 'FILE',
    group,
    global: true,
    help: 'YAML file with several rules, each with a watch, action, target and checks of its own; it is read again when it changes',
    parse: parsePath,
  }),
};
