import { isAbsolute, normalize } from 'node:path';
import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'Publishing';

/** A directory of a volume: not `/`, which holds all of them. */
function parseDirectory(raw: string): string {
  if (!isAbsolute(raw.trim())) throw new parse.InvalidValue('is not an absolute path');
  const path = normalize(raw.trim()).replace(/\/+$/, '');
  if (path !== '') return path;
  throw new parse.InvalidValue('is the root of all directories; mount an emptyDir below it');
}

export const publishOptions = {
  publish: option({
    flag: 'publish',
    placeholder: 'DIR',
    group,
    help: 'Directory (an emptyDir that the app mounts instead of the ConfigMap or Secret) that gets the content only once it is valid, in the layout of the kubelet, and the last good content again where the app fails with the new one',
    parse: parseDirectory,
  }),
  first: option({
    flag: 'first',
    placeholder: 'WHAT',
    group,
    help: 'With --publish, what becomes of the very first content if it is invalid: hold publishes nothing, and rehup is not ready, so that an app after a native sidecar does not start; publish lets it through',
    default: 'hold',
    parse: parse.oneOf('hold', 'publish'),
  }),
  merge: option({
    flag: 'merge',
    placeholder: 'HOW',
    group,
    help: 'With --publish and several sources, which make one directory in the order of --watch: strict holds content in which two have the same key; later takes that of the later source',
    default: 'strict',
    parse: parse.oneOf('strict', 'later'),
  }),
};
