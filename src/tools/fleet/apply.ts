import { systemClock } from '../../system/clock.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { withResources } from '../../system/resources.ts';
import { showLines } from '../../system/show.ts';
import type { ToolIo } from '../../system/tool.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import { type OpenCluster, openCluster } from '../../kubernetes/kubeconfig.ts';
import { selectPods } from '../../kubernetes/select-pods.ts';
import { readSourceObject } from '../../kubernetes/source-object.ts';
import { sourceKey, sourcesOfVolume } from '../../kubernetes/sources.ts';
import type { Pod } from '../../kubernetes/types.ts';
import type { Whereabouts } from '../ask/ask.ts';
import {
  type Applied,
  applyObject,
  describeApplied,
  diffApplied,
  hasChanged,
} from './apply-objects.ts';
import { type Asker, createAsker } from './asker.ts';
import { follow } from './follow.ts';
import { contentOf } from './goal.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Form } from './screen.ts';
import { openConnections, syncPods } from './sync-pods.ts';
import { createFleetView } from './view.ts';
import { visitAll } from './visit.ts';
import { readWanted, type Wanted } from './wanted.ts';

export type ApplyFlags = {
  files: readonly string[];
  diff: boolean;
  dryRun: boolean;
  force: boolean;
  manager: string;
  /** Leave once the kubelets have been asked. */
  wait: boolean;
  timeoutMs: number;
  output: Form | undefined;
};

/** `rehup apply -f FILE deployment/NAME`: from an edit to all pods that have loaded it. */
export async function runApply(
  flags: ApplyFlags,
  where: Whereabouts,
  io: ToolIo,
): Promise<ExitCode> {
  const { signal } = io;
  const cluster = openCluster(where);
  const wanted = await readWanted(flags.files, cluster.namespace);
  const mounting = requireMounted(await selectPods(where, cluster, signal), wanted);
  const before = await Promise.all(
    wanted.map(async (one) => await readSourceObject(cluster.client, one, signal)),
  );
  const applyAll = async (dryRun: boolean): Promise<Applied[]> => {
    const all: Applied[] = [];
    for (const [index, one] of wanted.entries()) {
      const input = { wanted: one, before: before[index] };
      all.push(await applyObject(cluster.client, input, { ...flags, dryRun }, signal));
    }
    return all;
  };
  const progress = createProgress(io, flags.output);
  if (flags.diff || flags.dryRun) {
    const checked = await applyAll(true);
    for (const one of checked) {
      if (flags.dryRun) progress.say(describeApplied(one, true));
      if (flags.diff && flags.output !== 'json') io.stdout.write(showLines(diffApplied(one)));
    }
    if (flags.dryRun) return exitCodes.stopped;
  }
  return await withResources(async (use) => {
    const asker = use(createAsker(cluster));
    const run = { flags, where, cluster, asker, progress, mounting, wanted };
    return await applyAndFollow(run, async () => await applyAll(false), signal);
  });
}

type Run = {
  flags: ApplyFlags;
  where: Whereabouts;
  cluster: OpenCluster;
  asker: Asker;
  progress: Progress;
  mounting: readonly Pod[];
  wanted: readonly Wanted[];
};

async function applyAndFollow(
  { flags, where, cluster, asker, progress, mounting, wanted }: Run,
  applyAll: () => Promise<Applied[]>,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { say, onLook, end } = progress;
  const { timeoutMs } = flags;
  const { client } = cluster;
  // Connections stand, and sidecars have loaded what answers, before the clock runs.
  await Promise.all([
    flags.wait ? visitAll(mounting, { asker, container: where.container }, signal) : [],
    openConnections(client, { pods: mounting, sample: wanted }, signal),
  ]);
  const applied = await applyAll();
  const sinceMs = systemClock.elapsed();
  for (const one of applied) say(describeApplied(one, false));
  if (applied.some(hasChanged)) {
    const asked = await syncPods(client, mounting, { signal });
    say(`${asked} ${asked === 1 ? 'kubelet sync' : 'kubelet syncs'} asked for`);
  }
  if (!flags.wait) return exitCodes.stopped;
  const goal = contentOf(wanted.map((one) => sourceKey(one).toLowerCase()));
  const view = createFleetView({ cluster, where, asker });
  const input = { view, clock: systemClock, goal, timeoutMs, sinceMs, resync: true, onLook };
  return end(await follow(input, signal)) ? exitCodes.stopped : exitCodes.reloadFailed;
}

/** Those of the pods that get the content as files. */
function requireMounted(pods: readonly Pod[], wanted: readonly Wanted[]): Pod[] {
  const keys = wanted.map(sourceKey);
  const mounting = pods.filter(({ spec }) =>
    (spec.volumes ?? [])
      .flatMap(sourcesOfVolume)
      .some((source) => keys.includes(sourceKey(source))),
  );
  if (mounting.length > 0) return mounting;
  throw fatal({
    message: `no pod of them mounts ${wanted.map((one) => `${one.kind} ${one.name}`).join(' or ')}; nothing was applied`,
    remedy:
      'name the workload that mounts it; what is read as an environment variable needs a rollout: rehup restart',
    exitCode: exitCodes.configuration,
  });
}
