import { objectVolume, STATE_VOLUME } from '../manifest/conventions.ts';
import { type Addition, append } from '../manifest/edit.ts';
import { actsOnProcess } from '../manifest/needs.ts';
import { findSidecar } from '../manifest/sidecar.ts';
import { mountOf } from '../manifest/volume.ts';
import type { Workload } from '../manifest/workload.ts';
import { createContainer } from './container.ts';
import { completeEnvironment } from './environment.ts';
import type { InjectOptions } from './request.ts';
import { explainNone, findApps, findSources, type Source } from './sources.ts';

/** What to change, or why a workload is left as it is. */
export type Plan = { edits: readonly Addition[] } | { leave: string };

/** What adding rehup to a workload takes. Pure: no text is touched. */
export function planInjection(workload: Workload, options: InjectOptions): Plan {
  const { object, pod } = workload;
  if (findSidecar(pod) !== undefined) return { leave: 'has rehup already' };
  const apps = findApps(pod, options.container);
  if (apps.length === 0) return { leave: `has no container ${options.container ?? ''}` };
  const sources = findSources(pod, apps, options);
  if (sources.length === 0) return { leave: explainNone(pod, apps, options) };
  const root = object.document.value;
  const env = completeEnvironment(workload, sources, options);
  const container = createContainer(workload, { ...options, apps, env, sources });
  const list = options.form === 'native' ? 'initContainers' : 'containers';
  const edits = [
    ...(actsOnProcess(options.settings) ? shareProcesses(workload) : []),
    ...append(root, [...pod.path, list], container),
    ...addVolumes(workload, sources, needsState(sources, options)),
  ];
  return { edits };
}

function shareProcesses({ pod }: Workload): Addition[] {
  if (pod.sharesProcesses) return [];
  return [{ path: [...pod.path, 'shareProcessNamespace'], value: true }];
}

/** REHUP_STATE_DIR takes a volume. */
function needsState(sources: readonly Source[], { settings }: InjectOptions): boolean {
  const { stateDir } = settings;
  return stateDir !== undefined && mountOf(stateDir, sources) === undefined;
}

function addVolumes(
  { object, pod }: Workload,
  sources: readonly Source[],
  state: boolean,
): Addition[] {
  const volumes = [
    ...sources.flatMap(({ name, object: reference }) =>
      reference === undefined ? [] : [{ ...objectVolume(reference.kind, reference.name), name }],
    ),
    ...(state ? [{ name: STATE_VOLUME, emptyDir: {} }] : []),
  ];
  if (volumes.length === 0) return [];
  return append(object.document.value, [...pod.path, 'volumes'], ...volumes);
}
