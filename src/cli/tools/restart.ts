import { Command, Option } from 'commander';
import { addClusterOptions } from '../cluster-options.ts';
import { parseDurationArgument, parseOptionalDurationArgument } from '../duration.ts';
import type { DefineTool } from '../tool.ts';

type Flags = {
  wait?: boolean;
  timeout: number;
  survive: number;
  force?: boolean;
  dryRun?: boolean;
  namespace?: string;
  kubeconfig?: string;
  context?: string;
};

/** `rehup restart deployment/app --wait`. */
export const defineRestart: DefineTool = (program, { onRun }) => {
  const command = new Command('restart')
    .description(
      'restart the pods of a workload one after the other, if the content they read has changed',
    )
    .summary('rolling restart, by the hash of the content')
    .argument('<workload>', 'deployment/NAME, statefulset/NAME, daemonset/NAME or rollout/NAME')
    .option('--wait', 'wait until the rollout is ready')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait')
        .default(300_000, '5m')
        .argParser(parseDurationArgument),
    )
    .addOption(
      new Option('--survive <duration>', 'with --wait: how long it must stay ready')
        .argParser(parseOptionalDurationArgument)
        .default(10_000, '10s'),
    )
    .option('--force', 'restart even if the content is the same')
    .option('--dry-run', 'let the API server check it, and change nothing')
    .addHelpText(
      'after',
      `
Writes the hash of all ConfigMaps and Secrets that the pod template refers to into the template, as
the annotation rehup.dev/config-hash. The same content is the same hash, and no rollout. It is what
REHUP_RESTART=rollout does from inside a pod. With --wait it is done once the pods are ready, and
have stayed so: one that ends at once is ready, too, for as long as that takes.

Needs: get and patch on the workload, get on those ConfigMaps and Secrets.

Examples:
  rehup restart deployment/app --wait
  rehup restart sts/db -n data --timeout 15m --wait

Exit codes: 0 done or nothing to do, 2 usage, 4 refused, or not ready in time.`,
    );
  addClusterOptions(command);
  command.action(
    (workload: string, { timeout: timeoutMs, survive: surviveMs, ...flags }: Flags) => {
      onRun(async (io) => {
        const { runRestart } = await import('../../tools/restart/restart.ts');
        return await runRestart(workload, { ...flags, timeoutMs, surviveMs }, io);
      });
    },
  );
  program.addCommand(command);
};
