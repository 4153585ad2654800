import { exitCodes } from '../../system/errors.ts';
import { RESOURCES } from '../../tools/manifest/resources.ts';
import type { DefineTool } from '../tool.ts';
import type { RawInjectOptions } from '../../tools/inject/options.ts';

const { requests, limits } = RESOURCES;

const EXAMPLES = `
Examples:
  rehup inject --diff deployment.yaml
  rehup inject --write deployment.yaml
  rehup inject --env REHUP_URL=http://127.0.0.1:9090/-/reload prometheus.yaml
  rehup inject --volume config --uid 101 --env REHUP_SIGNAL=SIGUSR1 deployment.yaml
  helm template my-app ./chart | rehup inject --kubernetes 1.28 - | kubectl apply -f -
  rehup inject --publish --env REHUP_VALIDATE='*.json=json' --diff deployment.yaml
  rehup inject --policy | kubectl apply -f -

The manifest goes to standard output, remarks to standard error. Comments, order and layout stay; a
workload that has rehup is left as it is.
Exit codes: 0 done, also where there was nothing to add; 2 wrong usage, or what cannot be read; 5
done, with something to see to (such as an unknown uid), or refused since rehup would not work; 70
rehup cannot be added to what is written like this, and nothing was written.`;

/** `rehup inject`: the sidecar, added to a manifest. */
export const defineInject: DefineTool = (program, { onRun, parseSidecar }) => {
  program
    .command('inject')
    .summary('add the rehup sidecar to a manifest')
    .description(
      'Adds rehup to every workload of a manifest that mounts a ConfigMap or Secret: the sidecar with the volumes and the uid of the app, and shareProcessNamespace where it is needed.',
    )
    .argument('[file]', 'a manifest, YAML or JSON; - for standard input')
    .option(
      '--policy',
      'print a MutatingAdmissionPolicy that adds rehup to labelled pods (Kubernetes 1.36, or 1.34 as beta), instead of changing a manifest',
    )
    .option(
      '--publish',
      'let the app see only what rehup lets through: rehup gets the volumes, and all that mounted them get what it publishes, at the same paths',
    )
    .option('--diff', 'print what would change, instead of the manifest')
    .option('--write', 'change the file, instead of printing')
    .option(
      '--sidecar <form>',
      'native (Kubernetes 1.29 and later) or plain (default: native, or what --kubernetes takes)',
    )
    .option('--kubernetes <version>', 'oldest version of the cluster, such as 1.28 (default: any)')
    .option(
      '--platform <name>',
      'openshift: ids are those that the SCC restricted-v2 gives (default: plain Kubernetes)',
    )
    .option('--image <image>', 'image, with or without a tag (default: ghcr.io/rehup/rehup)')
    .option('--tag <tag>', 'tag of the image (default: the version of this rehup)')
    .option(
      '--volume <name>',
      'volume to watch; comma separated, can be repeated (default: every ConfigMap and Secret that the app mounts)',
      collect,
    )
    .option('--container <name>', 'container of the app (default: all that mount one)')
    .option('--uid <number>', 'uid of rehup (default: that of the app, as far as it is given)')
    .option(
      '--env <NAME=VALUE>',
      'a setting of rehup, such as REHUP_SIGNAL=SIGUSR1; can be repeated',
      collect,
    )
    .option('--cpu <quantity>', `CPU request (default: ${requests.cpu})`)
    .option('--memory <quantity>', `memory request (default: ${requests.memory})`)
    .option('--memory-limit <quantity>', `memory limit (default: ${limits.memory})`)
    .option('--no-resources', 'no requests and no limit')
    .option('--no-ports', 'do not declare the port')
    .option('--no-probes', 'no startupProbe and no livenessProbe')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: RawInjectOptions) => {
      onRun(async (io) => {
        const { parseInjectOptions, parsePolicyOptions } =
          await import('../../tools/inject/options.ts');
        if (options.policy === true) {
          const wanted = parsePolicyOptions(name, options);
          const { createPolicy, formatPolicy } =
            await import('../../tools/inject/policy/policy.ts');
          io.stdout.write(formatPolicy(createPolicy(wanted)));
          return exitCodes.stopped;
        }
        const command = parseInjectOptions(name, options);
        const { runInject } = await import('../../tools/inject/command.ts');
        return await runInject(command, io, parseSidecar);
      });
    });
};

function collect(next: string, before: string[] | undefined): string[] {
  return [...(before ?? []), next];
}
