import { asNumber, asText } from '../../system/plain.ts';
import { objectVolume, STATE_VOLUME } from '../manifest/conventions.ts';
import { type Addition, append, type Writing } from '../manifest/edit.ts';
import { actsOnProcess } from '../manifest/needs.ts';
import { asAdmitted } from '../manifest/openshift.ts';
import { isWindows } from '../manifest/platform.ts';
import { findSidecar } from '../manifest/sidecar.ts';
import { mayNeedToken, mountsTokens, tokenVolume } from '../manifest/token.ts';
import { mountOf } from '../manifest/volume.ts';
import type { Workload } from '../manifest/workload.ts';
import { createContainer } from './container.ts';
import { completeEnvironment } from './environment.ts';
import type { InjectOptions } from './request.ts';
import { explainNone, findApps, findClosed, findSources, type Source } from './sources.ts';
import { findUid } from './user.ts';

/**
 * What to change, and what is to be said of it; or why a workload is left as it is, and whether that
 * is for want of something to watch or because it would not work.
 */
export type Plan<Kind extends Writing = Addition> =
  { edits: readonly Kind[]; remarks: readonly string[] } | Leave;

export type Leave = { leave: string; isRefused: boolean };

/** What adding rehup to a workload takes. Pure: no text is touched. */
export function planInjection(workload: Workload, options: InjectOptions): Plan {
  const { object, pod } = workload;
  if (findSidecar(pod) !== undefined) return leave('has rehup already');
  const platform = findObstacle(workload);
  if (platform !== undefined) return platform;
  const apps = findApps(pod, options.container);
  if (apps.length === 0) return leave(`has no container ${options.container ?? ''}`);
  const uid = findUid(pod, apps, options);
  const ours = uid ?? asNumber(pod.security['runAsUser']);
  const admitted = asAdmitted(pod, options.platform);
  const sources = findSources(admitted, apps, { ...options, uid: ours });
  const closed = findClosed(admitted, apps, { ...options, uid: ours });
  if (sources.length === 0) {
    return closed.length > 0
      ? refuse(explainClosed(closed))
      : leave(explainNone(pod, apps, { ...options, uid: ours }));
  }
  const root = object.document.value;
  const env = completeEnvironment(workload, sources, options);
  const container = createContainer(workload, { ...options, uid, env, sources });
  const list = options.form === 'native' ? 'initContainers' : 'containers';
  const edits = [
    ...completePod(workload, options),
    ...append(root, [...pod.path, list], container),
    ...addVolumes(workload, sources, options),
  ];
  const remarks = closed.map((name) => `${name} is not watched: ${CLOSED}`);
  return { edits, remarks };
}

/** Where rehup cannot run. */
export function findObstacle({ object, pod }: Workload): Leave | undefined {
  if (isWindows(pod))
    return refuse('runs on Windows, where there are no signals: rehup is for Linux');
  if (asText(object.value['apiVersion'])?.startsWith('serving.knative.dev/')) {
    return refuse('belongs to Knative, which shares no processes between containers');
  }
  return undefined;
}

/** What the pod itself needs. */
export function completePod(workload: Workload, options: InjectOptions): Addition[] {
  return [
    ...(actsOnProcess(options.settings) ? shareProcesses(workload) : []),
    ...(options.usesApi && !mayNeedToken(workload.pod) ? keepTokens(workload) : []),
  ];
}

export function leave(reason: string): Leave {
  return { leave: reason, isRefused: false };
}

export function refuse(reason: string): Leave {
  return { leave: reason, isRefused: true };
}

export const CLOSED =
  'its files are for root alone, and rehup would never be ready; set defaultMode: 0444, or an fsGroup, or give --uid 0 if the app runs as root';

export function explainClosed(closed: readonly string[]): string {
  return `mounts ${closed.join(', ')}, which rehup cannot read: ${CLOSED}`;
}

/** rehup gets a token of its own, and the app none. */
function keepTokens({ pod }: Workload): Addition[] {
  if (!mountsTokens(pod)) return [];
  return [{ path: [...pod.path, 'automountServiceAccountToken'], value: false }];
}

function shareProcesses({ pod }: Workload): Addition[] {
  if (pod.sharesProcesses) return [];
  return [{ path: [...pod.path, 'shareProcessNamespace'], value: true }];
}

/** REHUP_STATE_DIR takes a volume. */
export function needsState(
  sources: readonly Pick<Source, 'mountPath'>[],
  { settings }: InjectOptions,
): boolean {
  const { stateDir } = settings;
  return stateDir !== undefined && mountOf(stateDir, sources) === undefined;
}

function addVolumes(
  { object, pod }: Workload,
  sources: readonly Source[],
  options: InjectOptions,
): Addition[] {
  const volumes = [
    ...sources.flatMap(({ name, object: reference }) =>
      reference === undefined ? [] : [{ ...objectVolume(reference.kind, reference.name), name }],
    ),
    ...(needsState(sources, options) ? [{ name: STATE_VOLUME, emptyDir: {} }] : []),
    ...(options.usesApi ? [tokenVolume] : []),
  ];
  if (volumes.length === 0) return [];
  return append(object.document.value, [...pod.path, 'volumes'], ...volumes);
}
