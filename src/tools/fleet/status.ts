import { systemClock } from '../../system/clock.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { withResources } from '../../system/resources.ts';
import type { ToolIo } from '../../system/tool.ts';
import { type OpenCluster, openCluster } from '../../kubernetes/kubeconfig.ts';
import { selectPods } from '../../kubernetes/select-pods.ts';
import type { Whereabouts } from '../ask/ask.ts';
import { type Asker, createAsker } from './asker.ts';
import { describeFleet, toJson } from './json.ts';
import { readObjects } from './objects.ts';
import { type PodReport, reportPod } from './report.ts';
import { createRedraw, describeScreen, type Form } from './screen.ts';
import { renderFleet } from './table.ts';
import { visitAll } from './visit.ts';

export type StatusOptions = { output: Form | undefined; watch: boolean };

const LOOK_EVERY_MS = 1000;

/** `rehup status deployment/NAME`: how each pod stands to what the objects hold. */
export async function showFleet(
  { output, watch }: StatusOptions,
  where: Whereabouts,
  io: ToolIo,
): Promise<ExitCode> {
  return await withResources(async (use) => {
    const cluster = openCluster(where);
    const fleet = { cluster, asker: use(createAsker(cluster)), where };
    return await show({ output, watch }, fleet, io);
  });
}

type Fleet = { cluster: OpenCluster; asker: Asker; where: Whereabouts };

async function show(
  { output, watch }: StatusOptions,
  { cluster, asker, where }: Fleet,
  io: ToolIo,
): Promise<ExitCode> {
  const { stdout, signal } = io;
  const look = async (): Promise<PodReport[]> => {
    const found = await selectPods(where, cluster, signal);
    const visits = await visitAll(found, { asker, container: where.container }, signal);
    const objects = await readObjects(cluster.client, found, signal);
    return await Promise.all(
      visits.map(async (visit) => {
        const known = objects.of(visit.pod.metadata.namespace ?? '');
        return await reportPod(visit, { objects: known, key: asker.key, nowMs: Date.now() });
      }),
    );
  };
  const redraw = createRedraw(stdout);
  let said = '';
  for (;;) {
    const reports = await look();
    const screen = describeScreen(io, output);
    const text = renderFleet(reports, { ...screen, nowMs: Date.now() });
    if (!watch) {
      stdout.write(screen.form === 'text' ? text : toJson(describeFleet(reports, Date.now()), 2));
      return reports.some(({ state }) => state === 'not-asked')
        ? exitCodes.reloadFailed
        : exitCodes.stopped;
    }
    if (screen.isTerminal && screen.form === 'text') redraw(text);
    else {
      const now = whatHappens(reports);
      const written =
        screen.form === 'text' ? `${text}\n` : toJson(describeFleet(reports, Date.now()));
      if (now !== said) stdout.write(written);
      said = now;
    }
    await systemClock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Ages and lags go on by themselves: only what happens is told. */
function whatHappens(reports: readonly PodReport[]): string {
  const fields = ['ageMs', 'rehup', 'lagMs'];
  return JSON.stringify(reports, (name, value: unknown) =>
    fields.includes(name) ? undefined : value,
  );
}
