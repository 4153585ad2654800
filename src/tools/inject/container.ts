import type { Container } from '../manifest/container.ts';
import { STATE_VOLUME } from '../manifest/conventions.ts';
import { asNumber, asRecord } from '../../system/plain.ts';
import { securityOf } from '../manifest/pod.ts';
import { mountOf } from '../manifest/volume.ts';
import type { Workload } from '../manifest/workload.ts';
import type { InjectOptions } from './request.ts';
import type { Source } from './sources.ts';

type Parts = Omit<InjectOptions, 'env'> & {
  apps: readonly Container[];
  sources: readonly Source[];
  env: readonly object[];
};

/** The rehup container, as the README has it. */
export function createContainer(workload: Workload, parts: Parts): object {
  const { form, image, env, resources } = parts;
  return {
    name: 'rehup',
    image,
    ...(form === 'native' && { restartPolicy: 'Always' }),
    ...(env.length > 0 && { env }),
    ...createEndpoints(parts),
    ...(resources && { resources }),
    securityContext: createSecurityContext(workload, parts),
    volumeMounts: createMounts(parts),
  };
}

/** The declared port, and the probes, where the kubelet can reach them. */
function createEndpoints({ env, settings, ports, probes }: Parts): object {
  const { listen } = settings;
  if (listen === 'off' || listen.host !== undefined) return {};
  const moved = env.map(asRecord).find(({ name }) => name === 'REHUP_LISTEN')?.['value'];
  const port = typeof moved === 'string' ? Number(moved.split(':').at(-1)) : listen.port;
  return {
    ...(ports && { ports: [{ name: 'rehup', containerPort: port }] }),
    ...(probes && {
      startupProbe: { httpGet: { path: '/readyz', port } },
      livenessProbe: { httpGet: { path: '/healthz', port } },
    }),
  };
}

/** What Pod Security restricted asks for, unless the pod has it or the app is root. */
function createSecurityContext({ pod }: Workload, { apps, uid, sources, settings }: Parts): object {
  const user = uid ?? uidOfApp(pod, apps, sources, settings.target);
  const effective = user ?? asNumber(pod.security['runAsUser']);
  const isOwn = user !== undefined && user !== pod.security['runAsUser'];
  const nonRoot = effective !== 0;
  return {
    ...(pod.security['runAsNonRoot'] !== nonRoot && { runAsNonRoot: nonRoot }),
    ...(isOwn && { runAsUser: user }),
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    ...(pod.security['seccompProfile'] === undefined && {
      seccompProfile: { type: 'RuntimeDefault' },
    }),
  };
}

/** A process may signal those of its own user: that of the first app that mounts a source. */
function uidOfApp(
  pod: Workload['pod'],
  apps: readonly Container[],
  sources: readonly Source[],
  target: InjectOptions['settings']['target'],
): number | undefined {
  const named =
    target.by === 'container' ? target.name : sources.find(({ reader }) => reader)?.reader;
  const app = apps.find(({ name, mounts }) =>
    named === undefined
      ? mounts.some((mount) => sources.some((source) => source.name === mount.name))
      : name === named,
  );
  return app && asNumber(securityOf(pod, app, 'runAsUser'));
}

function createMounts({ sources, settings: { stateDir } }: Parts): object[] {
  const mounts = sources.map(({ name, mountPath }) => ({ name, mountPath }));
  if (stateDir === undefined || mountOf(stateDir, sources) !== undefined) return mounts;
  return [...mounts, { name: STATE_VOLUME, mountPath: stateDir }];
}
