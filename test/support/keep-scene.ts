import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiServer, startApiServer, TOKEN } from './api-server.ts';
import type { Authority } from './certificates.ts';
import type { LineProcess } from './line-process.ts';
import { createPodScene, type PodScene } from './pod-scene.ts';
import { ACCOUNT_MOUNT } from './prompt-scene.ts';
import { programCommand } from './start-program.ts';
import type { Rehup, RehupOptions } from './start-rehup.ts';
import { nextMoment } from './uptime.ts';

type Env = Readonly<Record<string, string>>;

/** A Deployment, `my-app` in the namespace `web`, with an API server, whose pods start one by one. */
export interface KeepScene extends AsyncDisposable {
  readonly api: ApiServer;
  /** A pod as a node starts it, with this in its ConfigMap, which is mounted by rehup alone. */
  readonly startPod: (name: string, content: string, options?: PodOptions) => Promise<KeepPod>;
}

export interface PodOptions extends Pick<RehupOptions, 'argv'> {
  readonly env?: Env;
  /** The source is a Secret, and not a ConfigMap. */
  readonly isSecret?: boolean;
  /** Of the ConfigMap. */
  readonly key?: string;
  /** An app that is there before rehup. */
  readonly app?: readonly string[];
}

export interface KeepPod extends AsyncDisposable {
  readonly scene: PodScene;
  readonly rehup: Rehup;
  readonly write: (content: string) => Promise<void>;
  readonly startApp: (command?: readonly string[]) => Promise<LineProcess>;
  /** What an app reads that starts now. */
  readonly read: () => Promise<string>;
}

export const FILE = '/etc/published/app.json';
const PATHS = { config: '/etc/config', published: '/etc/published' };

export const KEPT_A = {
  resource: 'configmaps',
  namespace: 'web',
  name: 'rehup-deployment-my-app-kept-a',
} as const;
export const KEPT_B = {
  resource: 'configmaps',
  namespace: 'web',
  name: 'rehup-deployment-my-app-kept-b',
} as const;

export async function createKeepScene(authority: Authority): Promise<KeepScene> {
  await using stack = new AsyncDisposableStack();
  const tls = (await authority.issue('kubernetes')).pem;
  const api = stack.use(await startApiServer({ tls }));
  const account = {
    token: TOKEN,
    'ca.crt': await readFile(authority.caFile, 'utf8'),
    namespace: 'web',
  };
  const set = { resource: 'replicasets', namespace: 'web', name: 'my-app-1' };
  const metadata = { uid: 'uid-of-my-app-1', ...owner('apps/v1', 'Deployment', 'my-app') };
  api.objects.put(set, { metadata, spec: {} } as object);
  const owned = stack.move();

  const startPod: KeepScene['startPod'] = async (name, content, options = {}) => {
    await using inner = new AsyncDisposableStack();
    const { env = {}, isSecret = false, app: early, argv, key = 'app.json' } = options;
    const volumeMounts = Object.entries(PATHS).map(([volume, mountPath]) => ({
      name: volume,
      mountPath,
    }));
    api.objects.put({ resource: 'pods', namespace: 'web', name }, {
      metadata: owner('apps/v1', 'ReplicaSet', 'my-app-1'),
      spec: { containers: [{ name: 'rehup', volumeMounts }] },
    } as object);
    const file = join(PATHS.published, key);
    const payload = { [key]: content };
    const scene = inner.use(
      await createPodScene({
        volumes: {
          config: isSecret ? { kind: 'secret', payload } : { payload },
          published: { kind: 'empty-dir', payload: {} },
          account: { kind: 'secret', payload: account },
        },
        containers: {
          app: [{ volume: 'published' }],
          rehup: [
            { volume: 'config' },
            { volume: 'published' },
            { volume: 'account', path: ACCOUNT_MOUNT },
          ],
        },
      }),
    );
    if (early) {
      const app = await scene.start('app', early);
      await app.line('ready');
      await nextMoment();
    }
    const rehup = await scene.startRehup({
      ...(argv && { argv }),
      env: {
        POD_NAME: name,
        POD_NAMESPACE: 'web',
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: String(api.port),
        REHUP_PUBLISH: PATHS.published,
        REHUP_KEEP: 'api',
        REHUP_VALIDATE: '*.json=json',
        REHUP_TARGET: 'container:app',
        ...env,
      },
    });
    const all = inner.move();
    return {
      scene,
      rehup,
      write: async (next) => {
        await scene.volume('config').write({ [key]: next });
      },
      startApp: async (command = programCommand('handler', 'app', file)) => {
        // What starts within the same moment may have read what was there before.
        await nextMoment();
        const app = await scene.start('app', command);
        await app.line('ready');
        return app;
      },
      read: async () => {
        const cat = await scene.start('app', ['cat', file]);
        await cat.exited;
        return cat.lines.join('\n');
      },
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    };
  };
  return { api, startPod, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function owner(apiVersion: string, kind: string, name: string): object {
  return { ownerReferences: [{ apiVersion, kind, name, uid: `uid-of-${name}`, controller: true }] };
}
