import type { ExitCode } from '../../system/errors.ts';
import type { ToolIo } from '../../system/tool.ts';
import { parseWorkload } from '../../kubernetes/rollout/workload.ts';
import { runInPods, type Whereabouts } from './ask.ts';
import { withFatals } from './with-fatals.ts';

export type AskCommand = {
  name: 'status' | 'doctor' | 'trigger';
  /** Of the sidecar, as somebody wrote them. */
  flags: readonly string[];
  output: 'text' | 'json' | undefined;
  /** Show it again and again. */
  watch: boolean;
};

/**
 * `rehup status|doctor|trigger` from outside the pod. Of one pod that is named, it is what the command
 * says in it; of several, what can be said of them together.
 */
export async function runAsk(
  command: AskCommand,
  where: Whereabouts,
  io: ToolIo,
): Promise<ExitCode> {
  return await withFatals(async () => await run(command, where, io), io);
}

async function run(
  { name, flags, output, watch }: AskCommand,
  where: Whereabouts,
  io: ToolIo,
): Promise<ExitCode> {
  const isOnePod = where.names.length === 1 && parseWorkload(where.names[0] ?? '') === undefined;
  if (name === 'status' && (watch || !isOnePod)) {
    const { showFleet } = await import('../fleet/status.ts');
    return await showFleet({ output, watch }, where, io);
  }
  if (name === 'doctor' && !isOnePod) {
    const { examineFleet } = await import('../fleet/doctor.ts');
    return await examineFleet({ flags, output: output ?? 'text' }, where, io);
  }
  const form = output ?? (name === 'doctor' || io.stdout.isTTY === true ? 'text' : 'json');
  const all = name === 'trigger' ? flags : [...flags, `--output=${form}`];
  return await runInPods({ name, flags: all }, where, io);
}
