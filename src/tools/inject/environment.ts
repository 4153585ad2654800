import { freePort } from '../manifest/container.ts';
import { fieldVariable, POD_FIELDS } from '../manifest/conventions.ts';
import { actsOnProcess } from '../manifest/needs.ts';
import { sharesNetwork } from '../manifest/platform.ts';
import type { Pod } from '../manifest/pod.ts';
import type { Workload } from '../manifest/workload.ts';
import type { InjectOptions } from './request.ts';
import { findApps, type Source } from './sources.ts';

/** The given variables, and those that follow from the manifest; what is given wins. */
export function completeEnvironment(
  { pod }: Workload,
  sources: readonly Source[],
  options: InjectOptions,
): object[] {
  const derived = {
    ...watchUnseen(sources),
    ...nameTarget(pod, sources, options),
    ...avoidPorts(pod, options),
  };
  const variables = Object.entries({ ...derived, ...moveWatched(sources, options.env) });
  return [
    ...variables.map(([name, value]) => ({ name, value })),
    ...(options.usesApi ? [...POD_FIELDS.keys()].map(fieldVariable) : []),
  ];
}

type Variables = Readonly<Record<string, string>>;

/** By itself rehup watches only what the kubelet updates. */
function watchUnseen(sources: readonly Source[]): Variables {
  if (sources.every(({ isUpdated }) => isUpdated)) return {};
  return { REHUP_WATCH: sources.map(({ mountPath }) => mountPath).join(',') };
}

/** What is mounted elsewhere than in the app is watched there. */
function moveWatched(sources: readonly Source[], env: Variables): Variables {
  const { REHUP_WATCH: watch } = env;
  if (watch === undefined) return env;
  const paths = watch.split(',').map((path) => {
    const source = sources.find((one) => one.movedFrom === path.trim().replace(/\/+$/, ''));
    return source?.mountPath ?? path;
  });
  return { ...env, REHUP_WATCH: paths.join(',') };
}

/** Where the volumes do not tell whose they are. */
export function nameTarget(
  pod: Pod,
  sources: readonly Pick<Source, 'name' | 'reader'>[],
  { container, form, settings, publish = false }: InjectOptions,
): Variables {
  const [reader] = sources.flatMap((source) => source.reader ?? []);
  if (reader !== undefined) return { REHUP_TARGET: `container:${reader}` };
  const isSource = (name: string): boolean => sources.some((source) => source.name === name);
  const others = findApps(pod, undefined).filter(
    ({ name, mounts }) => name !== container && mounts.some((mount) => isSource(mount.name)),
  );
  const apps = findApps(pod, container).filter(({ mounts }) =>
    mounts.some((mount) => isSource(mount.name)),
  );
  // Beside a native sidecar init containers run, too: rehup restarts none by itself that could be one, and takes none for the app.
  const isRead =
    publish &&
    actsOnProcess(settings) &&
    pod.containers.some(
      ({ role, mounts }) => role === 'init' && mounts.some(({ name }) => isSource(name)),
    );
  const isAny = settings.restart === 'container' || isRead;
  if (form === 'native' && isAny && apps.length === 1) {
    return { REHUP_TARGET: `container:${apps[0]?.name}` };
  }
  if (container === undefined || others.length === 0 || !actsOnProcess(settings)) return {};
  return { REHUP_TARGET: `container:${container}` };
}

/** The containers of a pod share their ports; on the network of its node it shares all of them. */
export function avoidPorts(pod: Pod, { env, settings: { listen } }: InjectOptions): Variables {
  if (listen === 'off' || env['REHUP_LISTEN'] !== undefined) return {};
  const port = freePort(pod.containers, listen.port);
  if (sharesNetwork(pod)) return { REHUP_LISTEN: `127.0.0.1:${port}` };
  return port === listen.port ? {} : { REHUP_LISTEN: `:${port}` };
}
