import { readFile } from 'node:fs/promises';
import type { Pod } from '../../src/kubernetes/types.ts';
import { SYNC_ANNOTATION } from '../../src/kubernetes/sync-annotation.ts';
import { type ApiServer, startApiServer, TOKEN } from './api-server.ts';
import type { Authority } from './certificates.ts';
import type { LineProcess } from './line-process.ts';
import { createPodScene, type PodScene } from './pod-scene.ts';
import type { LogLine, Rehup } from './start-rehup.ts';
import { programCommand } from './start-program.ts';
import { waitFor, type WaitForOptions } from './wait-for.ts';

export const ACCOUNT_MOUNT = '/run/secrets/kubernetes.io/serviceaccount';

export interface PromptSceneOptions {
  readonly authority: Authority;
  /** Before rehup starts. */
  readonly prepare?: (api: ApiServer) => Promise<void> | void;
  /** On top of what the kubelet and the downward API set. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the service account that differ; `undefined`: not there. */
  readonly account?: Readonly<Record<string, string | undefined>>;
  /** `false`: no service account is mounted. */
  readonly mountsAccount?: boolean;
  /** A downwardAPI volume with the pod's annotations is mounted, too. */
  readonly showsAnnotations?: boolean;
  readonly argv?: readonly string[];
}

/** A pod with an app and rehup, an API server, and a kubelet that syncs the pod when its annotation changes. */
export interface PromptScene extends AsyncDisposable {
  readonly api: ApiServer;
  readonly pod: PodScene;
  readonly app: LineProcess;
  readonly rehup: Rehup;
  /** The first line with these fields, read before or not. */
  readonly told: (wanted: Partial<LogLine>, options?: WaitForOptions) => Promise<LogLine>;
  /** Waits until the ConfigMap is watched. */
  readonly watching: () => Promise<void>;
  /** As `kubectl apply` of the ConfigMap: reaches the pod when the kubelet is asked. */
  readonly apply: (text: string) => void;
  /** The kubelet's own sync, a minute later: brings the present content. */
  readonly sync: () => Promise<void>;
  /** Brings content into the pod that the API knows nothing of, and waits for the reload. */
  readonly reloadByFile: (text: string) => Promise<void>;
  /** As the kubelet replaces a bound token. */
  readonly writeAccount: (files: Readonly<Record<string, string>>) => Promise<void>;
}

export const CONFIG = { resource: 'configmaps', namespace: 'web', name: 'app-config' } as const;
export const OWN_POD = { resource: 'pods', namespace: 'web', name: 'my-app' } as const;

const MOUNTED = [{ volume: 'config' }];
const PODINFO = [{ volume: 'podinfo' }];

const POD_SPEC: Pod['spec'] = {
  containers: [
    { name: 'app', volumeMounts: [{ name: 'config', mountPath: '/etc/config' }] },
    { name: 'rehup', volumeMounts: [{ name: 'config', mountPath: '/etc/config' }] },
  ],
  volumes: [{ name: 'config', configMap: { name: CONFIG.name } }],
};

/** Resolves once rehup watches; the prompt sync may still be setting itself up, or have failed to. */
export async function createPromptScene(options: PromptSceneOptions): Promise<PromptScene> {
  const { authority, prepare, env, account, mountsAccount = true } = options;
  const { showsAnnotations = false, argv } = options;
  await using stack = new AsyncDisposableStack();
  const tls = (await authority.issue('kubernetes')).pem;
  const api = stack.use(await startApiServer({ tls }));
  // Long before the kubelet sets up the volume: nothing is missing there.
  api.objects.setAge(3_600_000);
  api.objects.put(CONFIG, { data: { 'app.conf': 'one' } } as object);
  api.objects.put(OWN_POD, { spec: POD_SPEC } as object);
  api.objects.setAge(0);
  await prepare?.(api);

  const accountFiles = {
    token: TOKEN,
    'ca.crt': await readFile(authority.caFile, 'utf8'),
    namespace: 'web',
  };
  const present = Object.entries({ ...accountFiles, ...account });
  const payload = Object.fromEntries(present.flatMap(([key, text]) => (text ? [[key, text]] : [])));
  const pod = stack.use(
    await createPodScene({
      volumes: {
        config: { payload: { 'app.conf': 'one' } },
        account: { kind: 'secret', payload },
        podinfo: { kind: 'secret', payload: { annotations: showAnnotations(undefined) } },
      },
      containers: {
        app: [...MOUNTED, ...(showsAnnotations ? PODINFO : [])],
        rehup: [
          ...MOUNTED,
          ...(showsAnnotations ? PODINFO : []),
          ...(mountsAccount ? [{ volume: 'account', path: ACCOUNT_MOUNT }] : []),
        ],
      },
    }),
  );

  const volume = pod.volume('config');
  let annotation: string | undefined;
  let syncing: Promise<void> = Promise.resolve();
  const syncAfter = async (earlier: Promise<void>): Promise<void> => {
    await earlier;
    await pod.volume('podinfo').write({ annotations: showAnnotations(annotation) });
    const object = api.objects.get(CONFIG) as { data?: Record<string, string> } | undefined;
    // Without the object, the kubelet leaves the volume as it is.
    if (object?.data !== undefined) await volume.write(object.data);
  };
  const sync = async (): Promise<void> => {
    syncing = syncAfter(syncing);
    await syncing;
  };
  stack.defer(async () => await syncing);
  api.objects.onEvent(({ resource, object }) => {
    const value = object.metadata.annotations?.[SYNC_ANNOTATION];
    if (resource !== 'pods' || value === annotation) return;
    annotation = value;
    void sync();
  });

  const app = await pod.start('app', programCommand('handler', 'app', '/etc/config/app.conf'));
  await app.line('ready');
  const rehup = await pod.startRehup({
    ...(argv && { argv }),
    env: {
      ...promptEnv(api.port),
      ...env,
    },
  });
  await rehup.line({ msg: 'watching' });
  await rehup.line({ outcome: 'already-current' });
  const owned = stack.move();
  return {
    api,
    pod,
    app,
    rehup,
    told: async (wanted, waiting) =>
      await waitFor(
        `a line with ${JSON.stringify(wanted)}`,
        () => {
          const [line] = rehup.all(wanted);
          if (line !== undefined) return line;
          throw new Error(rehup.lines.map((each) => JSON.stringify(each)).join('\n'));
        },
        waiting,
      ),
    watching: async () => {
      await waitFor('a watch of the ConfigMap', () => api.watches.count() > 0);
    },
    apply: (text) => void api.objects.put(CONFIG, { data: { 'app.conf': text } } as object),
    sync,
    reloadByFile: async (text) => {
      await volume.write({ 'app.conf': text });
      await app.line(`reloaded ${text}`);
    },
    writeAccount: async (files) => {
      await pod.volume('account').write({ ...payload, ...files });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** As the kubelet writes `metadata.annotations`: in order, quoted, no line break at the end. */
function showAnnotations(sync: string | undefined): string {
  const lines = ['checked="yes"', ...(sync ? [`${SYNC_ANNOTATION}=${JSON.stringify(sync)}`] : [])];
  return lines.join('\n');
}

/** What a pod with prompt sync has in its environment, with an API server at this port of loopback. */
export function promptEnv(port: number): Readonly<Record<string, string>> {
  return {
    REHUP_PROMPT: 'true',
    POD_NAME: OWN_POD.name,
    POD_NAMESPACE: OWN_POD.namespace,
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(port),
  };
}
