import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'What is watched';

export const watchOptions = {
  watch: option({
    flag: 'watch',
    placeholder: 'PATHS',
    group,
    help: 'Directories (files, links) to watch, comma separated; auto: every ConfigMap, Secret, projected and downwardAPI volume mounted in this container, but for the service account',
    default: 'auto',
    parse: parse.parseWatch,
    separator: ',',
  }),
  include: option({
    flag: 'include',
    placeholder: 'GLOBS',
    group,
    help: 'Key paths that count, comma separated; a glob that begins with / is matched with the mount path in front',
    parse: parse.parseGlobs,
    separator: ',',
  }),
  exclude: option({
    flag: 'exclude',
    placeholder: 'GLOBS',
    group,
    help: 'Key paths that do not count, comma separated',
    parse: parse.parseGlobs,
    separator: ',',
  }),
  watchMode: option({
    flag: 'watch-mode',
    placeholder: 'MODE',
    group,
    global: true,
    help: 'auto: inotify, and polling where it is exhausted or silent; inotify: events alone, with no poll beside them; poll',
    default: 'auto',
    parse: parse.oneOf('auto', 'inotify', 'poll'),
  }),
  poll: option({
    flag: 'poll',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'How often to look for changes that inotify missed',
    default: '5s',
    parse: parse.parsePollInterval,
  }),
};
