import { systemClock } from '../../system/clock.ts';
import { showLine } from '../../system/show.ts';
import type { ToolIo } from '../../system/tool.ts';
import { exitCodes, type ExitCode, FatalError } from '../../system/errors.ts';
import { asFatal } from '../../kubernetes/fatal.ts';
import { type ClusterOptions, openCluster } from '../../kubernetes/kubeconfig.ts';
import { awaitLastingRollout } from '../../kubernetes/rollout/await-lasting.ts';
import { rollOut } from '../../kubernetes/rollout/roll-out.ts';
import {
  parseWorkload,
  readWorkload,
  type WorkloadReference,
} from '../../kubernetes/rollout/workload.ts';

export type RestartOptions = ClusterOptions & {
  wait?: boolean;
  timeoutMs: number;
  /** How long the rollout has to stay ready. */
  surviveMs: number;
  force?: boolean;
  dryRun?: boolean;
};

const LOOK_EVERY_MS = 1000;

/** `rehup restart`: a rolling restart, if the pods were not made for the content as it is now. */
export async function runRestart(
  text: string,
  options: RestartOptions,
  { stdout, signal }: ToolIo,
): Promise<ExitCode> {
  const reference = requireWorkload(text);
  const { client, namespace } = openCluster(options);
  const { force = false, dryRun = false, timeoutMs, surviveMs } = options;
  const read = async (): ReturnType<typeof readWorkload> =>
    await readWorkload(client, reference, namespace, signal);
  const name = `${reference.kind} ${reference.name}`;
  const common = { read, clock: systemClock };
  const say = (line: string): unknown => stdout.write(`${showLine(line)}\n`);
  try {
    const input = { client, namespace, ...common, random: Math.random, force, dryRun };
    const { hash, started } = await rollOut(input, signal);
    say(`${describe({ name, started, dryRun })} (content ${hash.slice(0, 12)})`);
    if (options.wait !== true || dryRun) return exitCodes.stopped;
    const onProgress = (stage: string): unknown => say(`${name}: ${stage}`);
    const patience = { timeoutMs, surviveMs, lookEveryMs: LOOK_EVERY_MS };
    const waiting = { ...common, ...patience, what: name, onProgress };
    const result = await awaitLastingRollout(waiting, signal);
    if ('reason' in result) {
      throw Object.assign(new FatalError(result.reason, exitCodes.reloadFailed), {
        remedy: result.remedy,
      });
    }
    say(`${name}: ready`);
    return exitCodes.stopped;
  } catch (error) {
    if (!signal.aborted) throw asFatal(error);
    say(`${name}: not waited for any longer; what was begun goes on`);
    return exitCodes.stopped;
  }
}

type Described = { name: string; started: boolean; dryRun: boolean };

function describe({ name, started, dryRun }: Described): string {
  if (!started) return `${name}: nothing to do, its pods were made for the content as it is`;
  return dryRun ? `${name}: would be restarted` : `${name}: restarted`;
}

function requireWorkload(text: string): WorkloadReference {
  const reference = parseWorkload(text);
  if (reference !== undefined) return reference;
  throw new FatalError(
    `${text} names no workload; write deployment/NAME, statefulset/NAME, daemonset/NAME or rollout/NAME`,
    exitCodes.configuration,
  );
}
