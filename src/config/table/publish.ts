import { isAbsolute, normalize } from 'node:path';
import { option } from '../option.ts';
import { parseCanary } from '../canary.ts';
import * as parse from '../parse.ts';
import { type CommandLine, parseCommand } from '../parse-command.ts';
import { splitPairs } from '../parse-validate.ts';

const group = 'Publishing';

/** A directory of a volume: not `/`, which holds all of them. */
function parseDirectory(raw: string): string {
  if (!isAbsolute(raw.trim())) throw new parse.InvalidValue('is not an absolute path');
  const path = normalize(raw.trim()).replace(/\/$/, '');
  if (path !== '') return path;
  throw new parse.InvalidValue('is the root of all directories; mount an emptyDir below it');
}

const FORMS = ['links', 'files', 'in-place', 'env'] as const;

/**
 * How a key is published: a link into the generation, a file that is replaced, one that is written over, or a file
 * of variables that is replaced.
 */
export type PublishForm = (typeof FORMS)[number];

export type PublishRule = { glob: string; form: PublishForm };

function parseForms(raw: string): PublishRule[] {
  return splitPairs(raw).map((pair) => {
    const [, glob = '', name = ''] = /^(.+)=([^=]*)$/.exec(pair) ?? [];
    const form = FORMS.find((known) => known === name.trim());
    if (form === undefined) {
      throw new parse.InvalidValue(
        `has ${pair}; write GLOB=FORM, with ${FORMS.join(', ')} as form`,
      );
    }
    parse.requireGlob(glob);
    return { glob: glob.trim(), form };
  });
}

/** A program, and where it is told of the directories: both, or that for its output alone. */
function parseRender(raw: string): CommandLine {
  const command = parseCommand(raw);
  const [, ...args] = command;
  const names = (place: string): boolean => args.some((arg) => arg.includes(place));
  if (names('{{in}}') && !names('{{out}}')) {
    throw new parse.InvalidValue(
      'names {{in}}, and not {{out}}, into which the program is to write',
    );
  }
  return command;
}

export const publishOptions = {
  publish: option({
    flag: 'publish',
    placeholder: 'DIR',
    group,
    help: 'Directory (an emptyDir that the app mounts instead of the ConfigMap or Secret) that gets the content only once it is valid, in the layout of the kubelet, and the last good content again where the app fails with the new one',
    parse: parseDirectory,
  }),
  publishAs: option({
    flag: 'publish-as',
    placeholder: 'FORMS',
    group,
    help: "With --publish, the form of keys, as GLOB=FORM, comma separated, the first that matches: links (default; into a directory that is swapped as a whole), files (replaced by a rename, for watchers that follow no links), in-place (the same inode, which is all that reaches an app that mounts one file by subPath; a reader may see one half of it, so the app is to be told afterwards), env (a file that is replaced, with NAME='value' lines as the kubelet reads them for fileKeyRef at the start of a container; goes with --restart container)",
    parse: parseForms,
    separator: ',',
  }),
  gunzip: option({
    flag: 'gunzip',
    placeholder: 'GLOBS',
    group,
    help: 'With --publish, keys that are unpacked before they are validated and published, comma separated; a .gz at the end of the name goes',
    parse: parse.parseGlobs,
    separator: ',',
  }),
  expand: option({
    flag: 'expand',
    placeholder: 'GLOBS',
    group,
    help: 'With --publish, keys in which $(NAME) is replaced by a variable of the environment of rehup, and $(/path) by what a file holds, before they are validated and published, comma separated; $$(NAME) stays $(NAME)',
    parse: parse.parseGlobs,
    separator: ',',
  }),
  render: option({
    flag: 'render',
    placeholder: 'COMMAND',
    group,
    separator: 'json',
    help: 'With --publish, a program, without a shell, that makes of the content what is validated and published; the directory to read and the empty one to write are its last two arguments, or stand for {{in}} and {{out}}. Anything but exit code 0, and output that is empty or has links, holds the content. What it prints is logged as it is: it must print no secrets',
    parse: parseRender,
    secret: true,
  }),
  first: option({
    flag: 'first',
    placeholder: 'WHAT',
    group,
    help: 'With --publish, what becomes of the very first content if it is invalid: hold publishes nothing, and rehup is not ready, so that an app after a native sidecar does not start; publish lets it through',
    default: 'hold',
    parse: parse.oneOf('hold', 'publish'),
  }),
  keep: option({
    flag: 'keep',
    placeholder: 'WHERE',
    group,
    help: 'With --publish, where the content that the app took last is kept beyond the pod, for new pods to start from while the source is invalid: api is one immutable ConfigMap or Secret of the workload (get and delete of its two names, create)',
    parse: parse.oneOf('api'),
  }),
  merge: option({
    flag: 'merge',
    placeholder: 'HOW',
    group,
    help: 'With --publish and several sources, which make one directory in the order of --watch or --source: strict holds content in which two have the same key (of objects that bear a label, the older keeps it); later takes that of the later source, of one label that of the younger object',
    default: 'strict',
    parse: parse.oneOf('strict', 'later'),
  }),
  canary: option({
    flag: 'canary',
    placeholder: 'NEXT',
    group,
    help: 'With --publish, a second source for a part of the pods: the directory where the next ConfigMap or Secret is mounted, or configmap/NAME with --source. Its key rehup.percent, which is not published, says for how many percent of the pods it is, by the hash of their names; where it is invalid or the app fails with it, the pod stays on the other source (docs/canary.md). Set POD_NAME',
    parse: parseCanary,
  }),
};
