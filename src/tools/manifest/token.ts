import { asBoolean, asText } from '../../system/plain.ts';
import { SERVICE_ACCOUNT_PATH } from './conventions.ts';
import type { Container } from './container.ts';
import { findVolume, type Pod } from './pod.ts';
import { isServiceAccountMount } from './volume.ts';

/** The volume by which rehup alone has a token. */
export const TOKEN_VOLUME = 'rehup-token';

/** What the kubelet would mount in every container, with a token that does not live long. */
export const tokenVolume = {
  name: TOKEN_VOLUME,
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
};

export const tokenMount = {
  name: TOKEN_VOLUME,
  mountPath: SERVICE_ACCOUNT_PATH,
  readOnly: true,
};

/** Whether every container gets the token of the service account. */
export function mountsTokens({ value }: Pod): boolean {
  return asBoolean(value['automountServiceAccountToken']) ?? true;
}

/** A token of the service account that somebody has mounted. */
export function hasOwnToken(pod: Pod, { mounts }: Container): boolean {
  return mounts.some(
    (mount) => isServiceAccountMount(mount) || findVolume(pod, mount.name)?.hasToken === true,
  );
}

/** Whether somebody has seen to it that the app has an identity: it may need its token. */
export function mayNeedToken({ value }: Pod): boolean {
  const name = asText(value['serviceAccountName']) ?? asText(value['serviceAccount']) ?? 'default';
  return asBoolean(value['automountServiceAccountToken']) === true || !/^default$|rehup/.test(name);
}
