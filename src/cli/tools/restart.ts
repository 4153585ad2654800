import { Command, Option } from 'commander';
import { addClusterOptions } from '../cluster-options.ts';
import { parseDurationArgument } from '../duration.ts';
import type { DefineTool } from '../tool.ts';

type Flags = {
  wait?: boolean;
  timeout: number;
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
    .option('--force', 'restart even if the content is the same')
    .option('--dry-run', 'let the API server check it, and change nothing')
    .addHelpText(
      'after',
      `
Writes the hash of all ConfigMaps and Secrets that the pod template refers to into the template, as
the annotation rehup.dev/config-hash. The same content is the same hash, and no rollout. It is what
REHUP_RESTART=rollout does from inside a pod.

Needs: get and patch on the workload, get on those ConfigMaps and Secrets.

Examples:
  rehup restart deployment/app --wait
  rehup restart sts/db -n data --timeout 15m --wait

Exit codes: 0 done or nothing to do, 2 usage, 4 refused, or not ready in time.`,
    );
  addClusterOptions(command);
  command.action((workload: string, { timeout: timeoutMs, ...flags }: Flags) => {
    onRun(async (io) => {
      const { runRestart } = await import('../../tools/restart/restart.ts');
      return await runRestart(workload, { ...flags, timeoutMs }, io);
    });
  });
  program.addCommand(command);
};
