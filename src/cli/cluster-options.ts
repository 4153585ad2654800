import type { Command } from 'commander';

/** The options of a command that works on a cluster: those of kubectl, with the same meaning. */
export function addClusterOptions(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'namespace (default: that of the context)')
    .option('--kubeconfig <file>', 'kubeconfig file (default: KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .helpOption('-h, --help', 'print this help');
}
