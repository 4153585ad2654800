import { POD_RESTART_RULE, STARTUP, STATE_VOLUME } from '../manifest/conventions.ts';
import { asNumber, asRecord } from '../../system/plain.ts';
import { restartsPod } from '../manifest/needs.ts';
import { sharesNetwork } from '../manifest/platform.ts';
import { tokenMount } from '../manifest/token.ts';
import { mountOf } from '../manifest/volume.ts';
import type { Workload } from '../manifest/workload.ts';
import type { InjectOptions } from './request.ts';
import type { Source } from './sources.ts';

type Parts = Omit<InjectOptions, 'env'> & {
  sources: readonly (Pick<Source, 'name' | 'mountPath'> & { readOnly?: boolean })[];
  env: readonly object[];
  /** That of the sidecar, otherwise. */
  containerName?: string;
  args?: readonly string[];
  /** How its start-up probe asks. */
  startup?: object;
};

/** The rehup container, as the README has it. */
export function createContainer(workload: Pick<Workload, 'pod'>, parts: Parts): object {
  const { form, image, env, resources, settings } = parts;
  return {
    name: parts.containerName ?? 'rehup',
    image,
    ...(parts.args && { args: parts.args }),
    ...((form === 'native' || restartsPod(settings.restart)) && { restartPolicy: 'Always' }),
    ...(restartsPod(settings.restart) && { restartPolicyRules: [POD_RESTART_RULE] }),
    ...(env.length > 0 && { env }),
    ...createEndpoints(workload, parts),
    ...(resources && { resources }),
    securityContext: createSecurityContext(workload, parts),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: createMounts(parts),
  };
}

/** The declared port, and the probes, where the kubelet can reach them. */
function createEndpoints(
  { pod }: Pick<Workload, 'pod'>,
  { env, settings, ports, probes, startup = STARTUP }: Parts,
): object {
  const { listen } = settings;
  if (listen === 'off' || listen.host !== undefined) return {};
  const moved = env.map(asRecord).find(({ name }) => name === 'REHUP_LISTEN')?.['value'];
  const port = typeof moved === 'string' ? Number(moved.split(':').at(-1)) : listen.port;
  // The kubelet is on the network of the node, and reaches the loopback address there.
  const at = sharesNetwork(pod) ? { host: '127.0.0.1', port } : { port };
  return {
    ...(ports && !sharesNetwork(pod) && { ports: [{ name: 'rehup', containerPort: port }] }),
    ...(probes && {
      startupProbe: { httpGet: { path: '/readyz', ...at }, ...startup },
      livenessProbe: { httpGet: { path: '/healthz', ...at } },
    }),
  };
}

/** What Pod Security restricted asks for, unless the pod has it or the app is root. */
function createSecurityContext(
  { pod }: Pick<Workload, 'pod'>,
  { uid: user }: Pick<Parts, 'uid'>,
): object {
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

function createMounts({ sources, usesApi, settings: { stateDir } }: Parts): object[] {
  const mounts = sources.map(({ name, mountPath, readOnly = false }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly }),
  }));
  const needsState = stateDir !== undefined && mountOf(stateDir, sources) === undefined;
  return [
    ...mounts,
    ...(needsState ? [{ name: STATE_VOLUME, mountPath: stateDir }] : []),
    ...(usesApi ? [tokenMount] : []),
  ];
}
