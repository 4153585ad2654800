import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import { reasonOf } from '../system/errors.ts';
import type { Connection } from './connection.ts';
import { KubeProblem } from './problem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the kubelet mounts token, `ca.crt` and `namespace` of the pod's service account. */
export const SERVICE_ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** One line of visible characters. */
const HEADER_VALUE = /^[\x21-\x7e]+$/;

/**
 * The API server as a pod reaches it: address from the variables that the kubelet sets, token and CA
 * from the service account's volume. Bound tokens expire within the hour and are replaced on disk.
 */
export function inClusterConnection(env: Environment, folder = SERVICE_ACCOUNT_PATH): Connection {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (!host) {
    throw new KubeProblem({
      kind: 'no-access',
      message: 'KUBERNETES_SERVICE_HOST is not set: this is not a pod of a Kubernetes cluster',
      remedy:
        'run rehup in a pod, or do without REHUP_PROMPT, REHUP_EVENTS, REHUP_SOURCE, REHUP_KEEP and REHUP_RESTART=rollout',
    });
  }
  const address = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(address)) throw noAddress(host, port);
  const server = new URL(address);
  return {
    server,
    options: async (): Promise<RequestOptions> => {
      const [token, ca] = await Promise.all([
        readAccountFile(folder, 'token'),
        readAccountFile(folder, 'ca.crt'),
      ]);
      if (!HEADER_VALUE.test(token)) throw noAccess(`${join(folder, 'token')} holds no token`);
      if (!ca.includes('BEGIN CERTIFICATE')) {
        throw noAccess(`${join(folder, 'ca.crt')} holds no certificate`);
      }
      return { ca, headers: { authorization: `Bearer ${token}` } };
    },
  };
}

export async function readAccountFile(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw noAccess(`${path} cannot be read: ${reasonOf(error)}`, error);
  });
  const value = text.trim();
  if (value === '') throw noAccess(`${path} is empty`);
  return value;
}

function noAddress(host: string, port: string): KubeProblem {
  return new KubeProblem({
    kind: 'no-access',
    message: `KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not an address: ${host}, ${port}`,
    remedy: 'remove both from the env of the rehup container: the kubelet sets them',
  });
}

function noAccess(message: string, cause?: unknown): KubeProblem {
  return new KubeProblem({
    kind: 'no-access',
    message,
    remedy:
      'mount the volume rehup-token of examples/rbac/token.yaml into the rehup container, with spec.serviceAccountName: <account>; spec.automountServiceAccountToken: true would give the token to the app as well',
    cause,
  });
}
