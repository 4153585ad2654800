import { asNumber, asText } from '../../system/plain.ts';
import { objectVolume, STATE_VOLUME } from '../manifest/conventions.ts';
import { type Addition, append } from '../manifest/edit.ts';
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
export type Plan =
  | { edits: readonly Addition[]; remarks: readonly string[] }
  | { leave: string; isRefused: boolean };

/** What adding rehup to a workload takes. Pure: no text is touched. */
export function planInjection(workload: Workload, options: InjectOptions): Plan {
  const { object, pod } = workload;
  if (findSidecar(pod) !== undefined) return leave('has rehup already');
  if (isWindows(pod))
    return refuse('runs on Windows, where there are no signals: rehup is for Linux');
  if (asText(object.value['apiVersion'])?.startsWith('serving.knative.dev/')) {
    return refuse('belongs to Knative, which shares no processes between containers');
  }
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
    ...(actsOnProcess(options.settings) ? shareProcesses(workload) : []),
    ...(options.usesApi && !mayNeedToken(pod) ? keepTokens(workload) : []),
    ...append(root, [...pod.path, list], container),
    ...addVolumes(workload, sources, options),
  ];
  const remarks = closed.map((name) => `${name} is not watched: ${CLOSED}`);
  return { edits, remarks };
}

function leave(reason: string): Plan {
  return { leave: reason, isRefused: false };
}

function refuse(reason: string): Plan {
  return { leave: reason, isRefused: true };
}

const CLOSED =
  'its files are for root alone, and rehup would never be ready; set defaultMode: 0444, or an fsGroup, or give --uid 0 if the app runs as root';

function explainClosed(closed: readonly string[]): string {
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
function needsState(sources: readonly Source[], { settings }: InjectOptions): boolean {
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
