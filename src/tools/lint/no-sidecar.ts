import { loadConfig } from '../../config/load.ts';
import { planInjection } from '../inject/plan.ts';
import type { Form } from '../inject/request.ts';
import type { Container } from '../manifest/container.ts';
import { NATIVE_SIDECARS_SINCE } from '../manifest/conventions.ts';
import { RESOURCES } from '../manifest/resources.ts';
import { describeObject } from '../manifest/object.ts';
import { findVolume } from '../manifest/pod.ts';
import { isWindows } from '../manifest/platform.ts';
import { isReloader } from '../manifest/sidecar.ts';
import type { ObjectReference } from '../manifest/volume.ts';
import type { Workload } from '../manifest/workload.ts';
import { image } from '../manifest/image.ts';
import type { Found, Kind, Remedy } from './finding.ts';
import type { ObjectIndex } from './objects.ts';

export const noSidecar: Kind = {
  id: 'no-sidecar',
  severity: 'note',
  summary: 'a workload takes its configuration from a ConfigMap or Secret, and has no rehup',
};

/** How an object reaches a container. */
type Use = {
  app: Container;
  reference: ObjectReference;
  by: 'directory' | 'subPath' | 'environment';
};

type Context = { objects: ObjectIndex; kubernetes: number | undefined };

/** What it would take to hot reload a workload that has no rehup. */
export function findNoSidecar(workload: Workload, { objects, kubernetes }: Context): Found[] {
  // A Job ends before it could be told of anything.
  if (['Job', 'CronJob'].includes(workload.object.kind) || isWindows(workload.pod)) return [];
  const uses = findUses(workload).filter(({ reference }) => {
    const object = objects.find(reference, workload.object.namespace);
    return object?.value['immutable'] !== true;
  });
  if (uses.length === 0) return [];
  const form = kubernetes !== undefined && kubernetes < NATIVE_SIDECARS_SINCE ? 'plain' : 'native';
  return [
    {
      path: workload.pod.path,
      message: `${describeObject(workload.object)} is not told of changes of ${listObjects(uses)}`,
      why: explain(uses),
      remedies: addRehup(workload, uses, form),
    },
  ];
}

function findUses({ pod }: Workload): Use[] {
  const apps = pod.containers.filter((one) => one.role !== 'init' && !isReloader(one));
  return apps.flatMap((app) => {
    const mounted = app.mounts.flatMap(({ name, subPath }): Use[] =>
      (findVolume(pod, name)?.references ?? []).map((reference) => ({
        app,
        reference,
        by: subPath === undefined ? 'directory' : 'subPath',
      })),
    );
    const taken = [
      ...app.variablesFrom,
      ...app.variables.flatMap(({ reference }) => reference ?? []),
    ];
    const read = taken.map((reference): Use => ({ app, reference, by: 'environment' }));
    return [...mounted, ...read];
  });
}

function listObjects(uses: readonly Use[]): string {
  return [...new Set(uses.map(({ reference: { kind, name } }) => `${kind} ${name}`))].join(', ');
}

/** What can be reloaded as it is, and what cannot. */
function explain(uses: readonly Use[]): string {
  const told = {
    directory:
      'mounted as a directory: can be reloaded by a signal (shareProcessNamespace and one uid for both) or by HTTP',
    subPath:
      'mounted by subPath: never updates while the container runs; mount the directory, or let rehup restart the container',
    environment:
      'in its environment: never changes while the container runs; mount it as a volume, or let rehup restart the container',
  };
  const lines = uses.map(
    ({ app, reference: { kind, name }, by }) => `${app.name} has ${kind} ${name} ${told[by]}`,
  );
  return [...new Set(lines)].join('. ');
}

/** By a signal where something is mounted as a directory, otherwise by a restart. */
function addRehup(workload: Workload, uses: readonly Use[], form: Form): Remedy[] {
  const canReload = uses.some(({ by }) => by === 'directory');
  const canRestart = workload.pod.restartPolicy === 'Always';
  if (!canReload && !canRestart) return [];
  const env: Record<string, string> = canReload ? {} : { REHUP_RESTART: 'container' };
  const plan = planInjection(workload, {
    form,
    image,
    env,
    settings: loadConfig({ flags: {}, env }).settings,
    resources: RESOURCES,
    ports: true,
    probes: true,
    volumes: undefined,
    container: undefined,
    uid: undefined,
    usesApi: false,
  });
  if ('leave' in plan) return [];
  const how = canReload
    ? 'which sends SIGHUP at each change (REHUP_SIGNAL for another signal, REHUP_URL to reload by HTTP, REHUP_RESTART=container for an app that cannot reload)'
    : 'which restarts the container at each change';
  return [{ text: `add rehup, ${how}; rehup inject does the same`, edits: plan.edits }];
}
