import { Option } from 'commander';
import type { DefineTool } from '../tool.ts';
import type { RawLintOptions } from '../../tools/lint/options.ts';

const EXAMPLES = `
Examples:
  rehup lint k8s/
  kubectl kustomize overlays/prod | rehup lint -
  helm template my-app ./chart | rehup lint --kubernetes 1.28 -
  rehup lint --output sarif k8s/ > rehup.sarif
  kubectl get deployment my-app -o yaml | rehup lint -

Exit codes: 0 nothing found that --fail-on counts; 2 wrong usage, or what cannot be read; 5
findings. A document that is not YAML is a finding; objects of other kinds, patches and templates
are passed over.
All findings, with their remedies: https://github.com/rehup/rehup/blob/main/docs/lint.md`;

/** `rehup lint`: what would break, before it is applied. */
export const defineLint: DefineTool = (program, { onRun, parseSidecar }) => {
  program
    .command('lint')
    .summary('find in manifests what would keep rehup from working, without a cluster')
    .description(
      'Reads manifests (Pods, Deployments, StatefulSets, DaemonSets, Jobs, CronJobs, Lists of them, as YAML or JSON), and finds what would keep rehup from reloading the app, each with the line to change. Of a workload without rehup it says what hot reloading would take.',
    )
    .argument(
      '<path...>',
      'files, directories (all *.yaml, *.yml, *.json below), or - for standard input',
    )
    .option('--output <format>', 'text, json, sarif or github (annotations) (default: text)')
    .option('--kubernetes <version>', 'oldest version of the cluster, such as 1.28 (default: any)')
    .option(
      '--platform <name>',
      'openshift: ids are those that the SCC restricted-v2 gives (default: plain Kubernetes)',
    )
    .option(
      '--fail-on <severity>',
      'least severity that makes the exit code 5: error, warning or note (default: warning)',
    )
    .addOption(
      new Option(
        '--ignore <id>',
        'leave these findings out; comma separated, can be repeated',
      ).argParser((next: string, before: string[] | undefined) => [...(before ?? []), next]),
    )
    .addHelpText('after', EXAMPLES)
    .action((names: string[], options: RawLintOptions) => {
      onRun(async (io) => {
        const { parseLintOptions } = await import('../../tools/lint/options.ts');
        const command = parseLintOptions(names, options);
        const { runLint } = await import('../../tools/lint/command.ts');
        return await runLint(command, io, parseSidecar);
      });
    });
};
