import type { DefineTool } from '../tool.ts';
import type { RawOptions } from '../../tools/simulate/options.ts';

const STEPS = `
Steps:
  change [KEY]     other content: a file with a number after the word "update" has it counted up,
                   any other gets an empty line more or less at its end. Without KEY one key after
                   the other
  add [KEY]        a key more, without KEY called added-1, added-2, …
  remove [KEY]     a key less, without KEY what was added last
  set KEY=VALUE    this key gets this content; it is added if there is none
  same             a swap that brings equal content, as the renewal of a token does in a projected
                   volume: nothing should be reloaded
  burst            one key changes 10 times, 20 ms apart
  crash            a key is added, and the kubelet ends right after the swap: the old directory
                   stays, and in the new order the link of the key is missing until the next step
  tear-down        the volume is removed, directory and all, as the kubelet does when it cannot
                   write it; the next step sets it up anew`;

const SAFETY = `
What becomes of DIR:
  - Missing or empty: it gets two sample keys, or those of --set or --from. At the end it is missing
    or empty again.
  - With files: they are the first content. DIR itself is renamed to DIR.before-simulate, and back
    at the end; none of them is changed or removed. After a kill, or with --keep, the next run with
    the same DIR goes on with the volume, and gives the files back at its end (Ctrl-C at once will
    do).
  - A volume like the kubelet's, as --keep leaves it: it goes on with its content, and has that
    again at the end.
  - Refused, and left alone: no directory, subdirectories and other things that cannot be keys of a
    ConfigMap, more than 1 MiB, a read-only place, a volume of a real kubelet.
  What others put into DIR meanwhile is not removed. Files in the volume are read-only, as in a pod:
  edit those of --from. Start simulate before whatever watches DIR, which is another directory then.`;

const EXAMPLES = `
Examples:
  A change every 5 seconds. In one terminal:
    rehup simulate /tmp/config --every 5s
  and in another, with an app whose process is called my-app:
    REHUP_WATCH=/tmp/config REHUP_TARGET=name:my-app rehup
  Test the reloading of an app: each time a file in ./config is saved, it is published at once:
    rehup simulate /tmp/config --from ./config
  One of each, 2 seconds apart, in the order of an old kubelet, as JSON:
    rehup simulate /tmp/config --play change,add,remove,same,burst,tear-down,change --every 2s \\
      --order old --output json
  From a script, one update at a time; the volume stays in between:
    echo 'set app.conf=greeting = hello' | rehup simulate /tmp/config --keep

Exit codes: 0 stopped by SIGINT or SIGTERM, or nothing left to do with --keep; 2 wrong usage, or DIR
cannot be used.`;

/** `rehup simulate`: a kubelet volume without a kubelet. */
export const defineSimulate: DefineTool = (program, { onRun }) => {
  program
    .command('simulate')
    .summary('make a directory behave like a kubelet volume, without a cluster')
    .description(
      'Makes DIR behave like a volume that the kubelet writes (ConfigMap, Secret, projected, downwardAPI), and plays updates, so that a configuration of rehup, or the reloading of an app, can be tried without a cluster. Prints a line per step, with names of keys and never contents, and ends with SIGINT or SIGTERM. Steps are typed or piped in, one per line, unless --every, --play or --from says otherwise.',
    )
    .argument('<dir>', 'the directory; it is made where it is missing')
    .option(
      '--every <duration>',
      'a change at this interval; with --play, the pause before each step (default: 5s)',
    )
    .option('--play <list>', 'these steps, comma separated, once')
    .option(
      '--from <dir>',
      'publish the files of this directory, at first and each time they change',
    )
    .option(
      '--set <key=value>',
      'a key of the first content, besides what DIR has; can be repeated',
      (next: string, before: string[] | undefined) => [...(before ?? []), next],
    )
    .option(
      '--order <order>',
      'of the steps of an update: new (default; the links of keys after the swap, Kubernetes 1.30 and later) or old (before it, 1.20)',
    )
    .option('--keep', 'leave the volume in DIR at the end, and end after the last step')
    .option('--output <format>', 'text (default) or json, one object per line')
    .addHelpText('after', `${STEPS}\n${SAFETY}\n${EXAMPLES}`)
    .action((directory: string, options: RawOptions) => {
      onRun(async (io) => {
        const { runSimulate } = await import('../../tools/simulate/simulate.ts');
        const { followDirectory } = await import('../../sidecar/follow-directory.ts');
        const { hasKubeletVolume } = await import('../../sidecar/mount/discover.ts');
        return await runSimulate(directory, options, io, { followDirectory, hasKubeletVolume });
      });
    });
};
