import { InvalidArgumentError, Option } from 'commander';
import type { RotateFlags } from '../../tools/rotate/options.ts';
import { addClusterOptions } from '../cluster-options.ts';
import { parseDurationArgument, parseOptionalDurationArgument } from '../duration.ts';
import type { DefineTool } from '../tool.ts';

const DETAILS = `
Without --from-file, --from-literal and -f the content is that of the object NAME in the cluster:
edit it, rotate, and the pods get exactly what it was at that moment.

What it does, in this order:
  1. Creates NAME-<hash> with immutable: true, the labels and annotations of NAME, and the workload
     as its owner. The hash is that of the content: same content, same name, nothing to do.
  2. Moves every reference in the pod template to it: volumes, projected volumes, env, envFrom, in
     containers, init containers and sidecars.
  3. Waits for the rollout. If it is not ready in time, or does not stay so, the references go back
     to what they were, the failing pods are named, and it leaves with 4. The object stays for a
     look.
  4. Deletes old ones that neither a template, a ReplicaSet, a ControllerRevision nor a pod refers
     to, but for the last used. Only what rehup made is ever deleted.

Contents are never printed, but for the differences of a ConfigMap that --diff asks for.

Needs: get and patch on the workload; get, list, create, patch and delete on configmaps (or
secrets); list on pods, replicasets.apps and controllerrevisions.apps. For StatefulSets: delete on
pods.

Examples:
  rehup rotate deployment/app --configmap app-config --from-file ./config
  rehup rotate sts/db --secret db-password --from-file password=./password.txt --timeout 15m
  kubectl create configmap app-config --from-file ./config --dry-run=client -o yaml |
    rehup rotate deployment/app --configmap app-config -f - --diff --dry-run
  rehup rotate --list
  rehup rotate deployment/app --configmap app-config --rollback

Exit codes: 0 done, or nothing to do; 2 wrong usage or content that cannot be used; 4 not ready and
rolled back, a conflict, a problem with the API, or stopped before the end.`;

/** `rehup rotate deployment/app --configmap app-config --from-file ./config`. */
export const defineRotate: DefineTool = (program, { onRun }) => {
  const command = program
    .command('rotate')
    .summary('replace a ConfigMap or Secret by an immutable one, with automatic roll-back')
    .description(
      'Gives a workload new content of a ConfigMap or Secret as a rollout: an immutable object named by the hash of its content, to which the pod template is moved, and from which it goes back by itself if the pods do not become ready.',
    )
    .argument(
      '[workload]',
      'deployment/NAME, statefulset/NAME, daemonset/NAME or rollout/NAME; not needed with --list',
    )
    .option('--configmap <name>', 'the ConfigMap, by its name without a hash')
    .option('--secret <name>', 'the Secret, by its name without a hash')
    .option(
      '--from-file <path>',
      'the new content: a file, KEY=FILE, or a directory of files; can be repeated',
      collectValues,
    )
    .option(
      '--from-literal <key=value>',
      'a key of the new content; can be repeated',
      collectValues,
    )
    .option('-f, --filename <file>', 'a manifest with the object; - is standard input')
    .option('--keep <count>', 'how many of the last used to keep in any case', parseCount, 10)
    .option('--diff', 'print what differs; of a Secret only names and sizes of keys')
    .option('--dry-run', 'let the API server check everything, and change nothing')
    .addOption(new Option('--wait', 'wait for the rollout, and go back if it fails (the default)'))
    .option('--no-wait', 'leave once the references are moved; nobody goes back then')
    .addOption(
      new Option(
        '--timeout <duration>',
        'how long to wait for the rollout, and for that of the way back',
      )
        .argParser(parseDurationArgument)
        .default(300_000, '5m'),
    )
    .addOption(
      new Option('--survive <duration>', 'how long the rollout has to stay ready; 0s: not at all')
        .argParser(parseOptionalDurationArgument)
        .default(10_000, '10s'),
    )
    .option('--list', 'show the revisions, and who uses them')
    .addOption(
      new Option('--output <format>', 'of --list: text (default), or json').choices([
        'text',
        'json',
      ]),
    )
    .option('--rollback [name]', 'move to the revision before, or to the one named')
    .addHelpText('after', DETAILS);
  addClusterOptions(command);
  command.action((workload: string | undefined, flags: RotateFlags) => {
    onRun(async (io) => {
      const { runRotate } = await import('../../tools/rotate/run.ts');
      return await runRotate(workload, flags, io);
    });
  });
};

function collectValues(next: string, before: string[] | undefined): string[] {
  return [...(before ?? []), next];
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError('it has to be a whole number from 1');
}
