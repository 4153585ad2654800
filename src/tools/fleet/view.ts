import { options } from '../../config/options.ts';
import type { OpenCluster } from '../../kubernetes/kubeconfig.ts';
import { selectPods } from '../../kubernetes/select-pods.ts';
import type { Pod } from '../../kubernetes/types.ts';
import type { Whereabouts } from '../ask/ask.ts';
import { findSidecarOf } from '../ask/sidecar.ts';
import { findWritten } from '../ask/written.ts';
import type { Asker } from './asker.ts';
import { type FleetObjects, readObjects } from './objects.ts';
import { type PodReport, reportPod } from './report.ts';
import { syncPods } from './sync-pods.ts';
import { visitAll } from './visit.ts';

/** The pods of a fleet, as somebody sees them who follows them. */
export type FleetView = {
  /** The pods that run now; what is mounted in them is compared with is read anew, too. */
  refresh: (signal: AbortSignal) => Promise<readonly Pod[]>;
  /** One report for each, in their order. */
  look: (pods: readonly Pod[], signal: AbortSignal) => Promise<readonly PodReport[]>;
  /** Has their kubelets sync them now. */
  sync: (pods: readonly Pod[], signal: AbortSignal) => Promise<unknown>;
  /** How long an app has to live on there until a reload counts; 0 where that is not known. */
  surviveMs: (pod: Pod) => number;
};

export type ViewInput = { cluster: OpenCluster; where: Whereabouts; asker: Asker };

export function createFleetView({ cluster, where, asker }: ViewInput): FleetView {
  let pods: readonly Pod[] = [];
  let objects: FleetObjects | undefined;
  return {
    refresh: async (signal) => {
      pods = await selectPods(where, cluster, signal);
      objects = await readObjects(cluster.client, pods, signal);
      return pods;
    },
    look: async (some, signal) => {
      const visits = await visitAll(some, { asker, container: where.container }, signal);
      return await Promise.all(
        visits.map(async (visit) => {
          const known = objects?.of(visit.pod.metadata.namespace ?? '') ?? new Map();
          return await reportPod(visit, { objects: known, key: asker.key, nowMs: Date.now() });
        }),
      );
    },
    sync: async (some, signal) => await syncPods(cluster.client, some, { signal }),
    surviveMs: readSurvive,
  };
}

/** A file of settings may say something else: that is in the pod alone. */
function readSurvive(pod: Pod): number {
  const sidecar = findSidecarOf(pod);
  if (sidecar === undefined) return 0;
  const written = (flag: string, variable: string): string | undefined =>
    findWritten(sidecar, { flag, variable });
  if (written('--config', 'REHUP_CONFIG') !== undefined) return 0;
  const { parse, default: fallback } = options.survive;
  try {
    return parse(written('--survive', 'REHUP_SURVIVE') ?? fallback);
  } catch {
    return 0;
  }
}
