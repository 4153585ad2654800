import { type Command, Option } from 'commander';
import { type OptionName, optionNames, options } from '../config/options.ts';
import type { RawValues } from '../config/file.ts';
import type { RunTool } from '../system/tool.ts';
import type { Whereabouts } from '../tools/ask/ask.ts';

/** Commands that ask a running sidecar: that of this pod, or from outside those of others. */
export type AskingName = 'status' | 'doctor' | 'trigger';

type Given = Record<string, unknown>;

const GROUP = 'From outside the pod:';

/** What these take when pods are named: the options of kubectl, with the same meaning. */
export function addOutsideOptions(command: Command, name: AskingName): void {
  command.argument(
    '[pods...]',
    'from outside: POD, deployment/NAME, statefulset/NAME, daemonset/NAME; inside of the pod none',
  );
  const add = (flags: string, help: string): Command =>
    command.addOption(new Option(flags, help).helpGroup(GROUP));
  add('-l, --selector <query>', 'the pods with these labels, instead of names');
  add('-n, --namespace <name>', 'namespace (default: that of the context)');
  add('-A, --all-namespaces', 'with --selector: in every namespace');
  add('-c, --container <name>', 'the container that rehup runs in (default: it is looked for)');
  add('--kubeconfig <file>', 'kubeconfig file (default: KUBECONFIG, or ~/.kube/config)');
  add('--context <name>', 'context of the kubeconfig (default: the current one)');
  if (name === 'status') {
    add('-w, --watch [PATHS]', 'show it again whenever something changes, until Ctrl-C');
  }
}

/** What to run from outside; `undefined` where no pod is named: then it is about this one. */
export function readOutside(
  name: AskingName,
  written: readonly string[],
  given: Given,
): RunTool | undefined {
  const { watch } = given;
  // `--watch deployment/app`: the sidecar's own option of that name has paths.
  const swallowed = name === 'status' && typeof watch === 'string' && isName(watch) ? [watch] : [];
  const names = [...written, ...swallowed];
  const where: Whereabouts = {
    names,
    selector: text(given['selector']),
    allNamespaces: given['allNamespaces'] === true,
    namespace: text(given['namespace']),
    container: text(given['container']),
    kubeconfig: text(given['kubeconfig']),
    context: text(given['context']),
  };
  if (names.length === 0 && where.selector === undefined && where.allNamespaces !== true) {
    return undefined;
  }
  const output = given['output'] as 'text' | 'json' | undefined;
  const follow = name === 'status' && (watch === true || swallowed.length > 0);
  const flags = sidecarFlags(given);
  return async (io) => {
    const { runAsk } = await import('../tools/ask/command.ts');
    return await runAsk({ name, flags, output, watch: follow }, where, io);
  };
}

/** The options of the sidecar among them; those of the commands themselves are no such. */
export function withoutOutside(given: Given): RawValues & { output?: string } {
  const known: readonly string[] = [...optionNames, 'output'];
  // A switch without a value comes as `true`; of `--watch` that is not the sidecar's meaning.
  const flags = Object.entries(given).filter(
    ([name, value]) => known.includes(name) && !(name === 'watch' && value === true),
  );
  return Object.fromEntries(flags.map(([name, value]) => [name, String(value)]));
}

function sidecarFlags(given: Given): string[] {
  const { output: _, watch: __, ...flags } = withoutOutside(given);
  return Object.entries(flags).map(
    ([name, value]) => `--${options[name as OptionName].flag}=${value}`,
  );
}

function isName(value: string): boolean {
  return value !== 'auto' && /^[A-Za-z0-9]/.test(value) && !value.includes(',');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
