import type { ExitCode } from '../../system/errors.ts';
import { exitCodes, FatalError } from '../../system/errors.ts';
import type { ToolIo } from '../../system/tool.ts';
import { showLines, showText } from '../../system/show.ts';
import { createExec, type ExecInPod } from '../../kubernetes/exec.ts';
import { type ClusterOptions, openCluster } from '../../kubernetes/kubeconfig.ts';
import { type PodSelection, selectPods } from '../../kubernetes/select-pods.ts';
import type { Pod } from '../../kubernetes/types.ts';
import { requireSidecar } from './sidecar.ts';

/** Which pods, of which cluster, and which container of them. */
export type Whereabouts = ClusterOptions & PodSelection & { container?: string | undefined };

/** A command of rehup, with the flags that somebody wrote behind it. */
export type PodCommand = { name: 'status' | 'doctor' | 'trigger'; flags: readonly string[] };

/** `rehup trigger POD`: runs the command in the sidecar of each pod, one after the other. */
export async function runInPods(
  command: PodCommand,
  where: Whereabouts,
  io: ToolIo,
): Promise<ExitCode> {
  const cluster = openCluster(where);
  const exec = createExec(cluster.config);
  const found = await selectPods(where, cluster, io.signal);
  const run = { command, exec, container: where.container };
  const [only] = found;
  if (only !== undefined && found.length === 1) return (await runIn(only, run, io)) as ExitCode;
  let worst: number = exitCodes.stopped;
  for (const pod of found) {
    io.stdout.write(`${showText(nameOf(pod, where))}:\n`);
    worst = Math.max(worst, await tryIn(pod, run, io));
  }
  // That of the command in the pod, which has the same ones.
  return worst as ExitCode;
}

/** With the namespace, where there may be several. */
export function nameOf({ metadata }: Pod, { allNamespaces }: PodSelection): string {
  return allNamespaces === true ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

/** What keeps one pod from being asked is no reason to leave the others. */
async function tryIn(pod: Pod, run: Run, io: ToolIo): Promise<number> {
  try {
    return await runIn(pod, run, io);
  } catch (error) {
    io.signal.throwIfAborted();
    if (!(error instanceof FatalError)) throw error;
    const remedy = 'remedy' in error ? `\nremedy: ${String(error.remedy)}` : '';
    io.stdout.write(`${showLines(`${error.message}${remedy}`)}\n`);
    return error.exitCode;
  }
}

type Run = { command: PodCommand; exec: ExecInPod; container: string | undefined };

/**
 * The flags of the container's own arguments are repeated: they tell where its rehup can be asked, and
 * are those of the sidecar. What somebody writes comes last, and wins.
 */
async function runIn(
  pod: Pod,
  { command, exec, container }: Run,
  { stdout, stderr, signal }: Pick<ToolIo, 'stdout' | 'stderr' | 'signal'>,
): Promise<number> {
  const sidecar = requireSidecar(pod, container);
  const { name, namespace = '' } = pod.metadata;
  const words = ['rehup', command.name, ...sidecar.flags, ...command.flags];
  const place = { namespace, pod: name, container: sidecar.container };
  // What comes from a pod does not act on the terminal here.
  const shown = (to: typeof stderr): typeof stderr => ({
    write: (piece) => to.write(showLines(piece)),
  });
  return await exec(place, words, { stdout: shown(stdout), stderr: shown(stderr) }, signal);
}
