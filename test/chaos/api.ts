import { readFileSync } from 'node:fs';
import type { Pod } from '../../src/kubernetes/types.ts';
import { startApiServer, TOKEN } from '../support/api-server.ts';
import type { Authority } from '../support/certificates.ts';
import { ACCOUNT_MOUNT, CONFIG, OWN_POD, promptEnv } from '../support/prompt-scene.ts';
import type { Content } from './volumes.ts';

/** An API server with the ConfigMap and the pod, and how rehup gets there. */
export interface ChaosApi extends AsyncDisposable {
  /** The files of the service account. */
  readonly account: Content;
  readonly env: Readonly<Record<string, string>>;
  readonly put: (data: Content) => void;
  readonly goAway: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
}

const VOLUME_MOUNTS = [{ name: 'config', mountPath: '/etc/config' }];
const SPEC: Pod['spec'] = {
  containers: [
    { name: 'app', volumeMounts: VOLUME_MOUNTS },
    { name: 'rehup', volumeMounts: VOLUME_MOUNTS },
  ],
  volumes: [{ name: 'config', configMap: { name: CONFIG.name } }],
};

export { ACCOUNT_MOUNT };

export async function startChaosApi(authority: Authority, first: Content): Promise<ChaosApi> {
  const tls = (await authority.issue('kubernetes')).pem;
  const api = await startApiServer({ tls });
  const put = (data: Content): void => void api.objects.put(CONFIG, { data } as object);
  put(first);
  api.objects.put(OWN_POD, { spec: SPEC } as object);
  let isAway = false;
  return {
    account: {
      token: TOKEN,
      'ca.crt': readFileSync(authority.caFile, 'utf8'),
      namespace: OWN_POD.namespace,
    },
    env: promptEnv(api.port),
    put,
    goAway: async () => {
      if (!isAway) await api.stop();
      isAway = true;
    },
    comeBack: async () => {
      if (isAway) await api.start();
      isAway = false;
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}
