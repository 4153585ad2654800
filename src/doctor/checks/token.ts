import { SERVICE_ACCOUNT_PATH } from '../../kubernetes/in-cluster.ts';
import { SERVICE_ACCOUNT } from '../../sidecar/mount/discover.ts';
import type { Process } from '../../sidecar/target/processes.ts';
import { featuresOf } from '../api/needs.ts';
import { hasSources } from '../api/sources.ts';
import { type Check, once } from '../check.ts';
import { type Bare, pass, warn } from '../finding.ts';
import { appsIn, containerOf } from '../neighbours.ts';
import { containerField, podField, type Remedy } from '../remedy.ts';

/** The token that rehup uses is its own: whoever takes over an app must not have it. */
export const tokenCheck: Check = once('token', (context) => {
  const apps = appsIn(context);
  // Without the API the account has no rights that are rehup's; and of whom is not seen, nothing is known.
  const usesApi = featuresOf(context).length > 0 || hasSources(context);
  if (!usesApi || apps.length === 0) return [];
  const holders = apps.filter(({ mounts }) =>
    mounts.some(({ mountPoint }) => SERVICE_ACCOUNT.test(mountPoint)),
  );
  if (holders.length > 0) return [shared(holders, context.container)];
  return [pass('no app has the token of the service account')];
});

function shared(holders: readonly Process[], container: string): Bare {
  const names = holders.map(containerOf).join(', ');
  return warn('token-shared', {
    seen: `the token of the service account is mounted in ${names} as well: whoever gets to run code there may do what the Role of rehup allows`,
    remedy:
      'set automountServiceAccountToken: false, and mount a projected token in the rehup container alone: examples/rbac/token.yaml',
    remedies: [mountAlone(container)],
  });
}

function mountAlone(container: string): Remedy {
  const name = 'rehup-token';
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  const mount = { name, mountPath: SERVICE_ACCOUNT_PATH, readOnly: true };
  return {
    changes: [
      podField('automountServiceAccountToken', false),
      podField('volumes', [{ name, projected: { sources } }]),
      containerField(container, 'volumeMounts', [mount]),
    ],
    note: 'an app that needs the API itself takes a volume of its own in the same way',
  };
}
