import { type Command, Option } from 'commander';
import { exitCodes } from '../../system/errors.ts';
import type { RunTool } from '../../system/tool.ts';
import type { Whereabouts } from '../../tools/ask/ask.ts';
import { addClusterOptions } from '../cluster-options.ts';
import { parseDurationArgument } from '../duration.ts';
import type { DefineTool } from '../tool.ts';
import { APPLY, SYNC, WAIT } from './fleet-help.ts';

type PodFlags = {
  selector?: string;
  allNamespaces?: boolean;
  container?: string;
  namespace?: string;
  kubeconfig?: string;
  context?: string;
};

type WaitOptions = { timeout: number; output?: 'text' | 'json' };

type ApplyFlags = PodFlags &
  WaitOptions & {
    filename: string[];
    diff?: boolean;
    dryRun?: boolean;
    forceConflicts?: boolean;
    fieldManager: string;
    wait: boolean;
  };

/** `rehup apply -f app-config.yaml deployment/app`. */
export const defineApply: DefineTool = (program, { onRun }) => {
  const command = program
    .command('apply')
    .summary('apply ConfigMaps and Secrets, and see every pod of a workload load them')
    .description(APPLY.description)
    .argument('<workload...>', 'deployment/NAME, statefulset/NAME, daemonset/NAME, or POD')
    .requiredOption(
      '-f, --filename <file>',
      'a manifest, or a directory of them; - is standard input; can be repeated',
      (next: string, before: string[] | undefined) => [...(before ?? []), next],
    )
    .option('--diff', 'print what differs; of a Secret only names and sizes of keys')
    .option('--dry-run', 'let the API server check it, and change nothing')
    .option('--force-conflicts', 'take over fields that another manager has set')
    .option('--field-manager <name>', 'who it is written as', 'rehup')
    .option('--no-wait', 'leave once the kubelets have been asked')
    .addHelpText('after', APPLY.after);
  addWaitOptions(command, '2m', 120_000);
  addPodOptions(command, false);
  command.action((names: string[], flags: ApplyFlags) => {
    onRun(
      guarded(async (io) => {
        const { runApply } = await import('../../tools/fleet/apply.ts');
        const options = {
          files: flags.filename,
          diff: flags.diff === true,
          dryRun: flags.dryRun === true,
          force: flags.forceConflicts === true,
          manager: flags.fieldManager,
          wait: flags.wait,
          timeoutMs: flags.timeout,
          output: flags.output,
        };
        return await runApply(options, { ...flags, names }, io);
      }),
    );
  });
};

/** `rehup sync deployment/app`. */
export const defineSync: DefineTool = (program, { onRun }) => {
  const command = program
    .command('sync')
    .summary('let the kubelets bring changed ConfigMaps and Secrets to pods now')
    .description(SYNC.description)
    .argument('[pods...]', 'deployment/NAME, statefulset/NAME, daemonset/NAME, or POD')
    .addHelpText('after', SYNC.after);
  addPodOptions(command, true);
  command.action((names: string[], flags: PodFlags) => {
    const where = requirePods(command, { ...flags, names });
    onRun(
      guarded(async (io) => {
        const { runSync } = await import('../../tools/fleet/sync.ts');
        return await runSync(where, io);
      }),
    );
  });
};

/** `rehup wait deployment/app`. */
export const defineWait: DefineTool = (program, { onRun }) => {
  const command = program
    .command('wait')
    .summary('wait until every pod of a workload has loaded what was applied')
    .description(WAIT.description)
    .argument('[pods...]', 'deployment/NAME, statefulset/NAME, daemonset/NAME, or POD')
    .option('--for <condition>', 'hash (what the objects hold now), hash=HASH, or reloaded', 'hash')
    .option(
      '--since <when>',
      'of --for reloaded: 5m, or a time (default: the start of the command)',
    )
    .addHelpText('after', WAIT.after);
  addWaitOptions(command, '3m', 180_000);
  addPodOptions(command, true);
  command.action(
    (names: string[], flags: PodFlags & WaitOptions & { for: string; since?: string }) => {
      const where = requirePods(command, { ...flags, names });
      onRun(
        guarded(async (io) => {
          const { runWait } = await import('../../tools/fleet/wait.ts');
          const { for: what, since, timeout: timeoutMs, output } = flags;
          return await runWait({ for: what, since, timeoutMs, output }, where, io);
        }),
      );
    },
  );
};

function addWaitOptions(command: Command, shown: string, timeoutMs: number): void {
  command
    .addOption(
      new Option('--timeout <duration>', 'how long to wait')
        .argParser(parseDurationArgument)
        .default(timeoutMs, shown),
    )
    .addOption(
      new Option('-o, --output <format>', 'text (default), or json, a line for each pod').choices([
        'text',
        'json',
      ]),
    );
}

function addPodOptions(command: Command, selects: boolean): void {
  if (selects) {
    command
      .option('-l, --selector <query>', 'the pods with these labels, instead of names')
      .option('-A, --all-namespaces', 'with --selector: in every namespace');
  }
  command.option(
    '-c, --container <name>',
    'the container that rehup runs in (default: it is looked for)',
  );
  addClusterOptions(command);
}

function requirePods(command: Command, where: Whereabouts): Whereabouts {
  if (where.names.length === 0 && where.selector === undefined) {
    command.error('error: name a workload, a pod, or labels with --selector');
  }
  return where;
}

/** What the API answers is told to who asked. */
function guarded(run: RunTool): RunTool {
  return async (io) => {
    const { withFatals } = await import('../../tools/ask/with-fatals.ts');
    // A pipeline that is broken off must not go on as if all pods had it.
    return await withFatals(run, io, exitCodes.reloadFailed);
  };
}
