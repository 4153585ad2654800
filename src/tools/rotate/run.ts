import { escapeJson } from '../../system/escape.ts';
import { showLines } from '../../system/show.ts';
import type { ToolIo } from '../../system/tool.ts';
import { systemClock } from '../../system/clock.ts';
import { exitCodes, type ExitCode } from '../../system/errors.ts';
import { asFatal } from '../../kubernetes/fatal.ts';
import { openCluster } from '../../kubernetes/kubeconfig.ts';
import { type LocalDraft, readLocalDraft } from './draft.ts';
import { listRevisions } from './list.ts';
import { parseCommand, type RotateCommand, type RotateFlags } from './options.ts';
import { rollBack } from './roll-back.ts';
import { rotate } from './rotate.ts';
import type { Scene } from './scene.ts';
import { showList } from './show-list.ts';

type Cluster = ReturnType<typeof openCluster>;

/** `rehup rotate`: what the command line says, done. */
export async function runRotate(
  workload: string | undefined,
  flags: RotateFlags,
  io: ToolIo,
): Promise<ExitCode> {
  const command = parseCommand(workload, flags);
  const cluster = openCluster(flags);
  const say = (line: string): unknown => io.stdout.write(`${showLines(line)}\n`);
  const warn = (line: string): unknown => io.stderr.write(`${showLines(line)}\n`);
  try {
    if (command.mode === 'list') {
      const revisions = await listRevisions({ ...cluster, ...command, warn }, io.signal);
      const isJson = command.output === 'json';
      say(
        isJson
          ? escapeJson(JSON.stringify(revisions, null, 2))
          : showList(revisions, systemClock.now()),
      );
      return exitCodes.stopped;
    }
    const local =
      command.mode === 'rotate'
        ? await readLocalDraft(command.family, command.source, cluster.namespace)
        : undefined;
    return await change(command, { cluster, local, say, warn }, io.signal);
  } catch (error) {
    if (!io.signal.aborted) throw withoutNames(asFatal(error));
    warn('rehup: stopped');
    return exitCodes.reloadFailed;
  }
}

/** The names of revisions are not known in advance: a Role cannot list them. */
function withoutNames(error: Error): Error {
  if (!('remedy' in error) || typeof error.remedy !== 'string') return error;
  const rule = /(resources: \["(?:configmaps|secrets)"\]), resourceNames: \["[^"]*"\]/;
  return Object.assign(error, { remedy: error.remedy.replace(rule, '$1') });
}

type Parts = {
  cluster: Cluster;
  local: LocalDraft | undefined;
  say: (line: string) => void;
  warn: (line: string) => void;
};

/** Whatever ends it half way: how things stand is said. */
async function change(
  command: Exclude<RotateCommand, { mode: 'list' }>,
  { cluster, local, say, warn }: Parts,
  signal: AbortSignal,
): Promise<ExitCode> {
  let standing: string | undefined;
  const stage: Scene['stage'] = (text) => {
    standing = text;
  };
  const { family, reference, dryRun } = command;
  const scene: Scene = {
    ...cluster,
    family,
    reference,
    dryRun,
    clock: systemClock,
    say,
    warn,
    stage,
  };
  try {
    if (command.mode === 'rollback') await rollBack(scene, command, signal);
    else if (local !== undefined) await rotate(scene, { ...command, local }, signal);
    return exitCodes.stopped;
  } catch (error) {
    if (standing !== undefined && !dryRun) warn(`as things stand: ${standing}`);
    throw error;
  }
}
