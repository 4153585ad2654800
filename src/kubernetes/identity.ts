import { readAccountFile, SERVICE_ACCOUNT_PATH } from './in-cluster.ts';
import { KubeProblem } from './problem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which pod this is. */
export type Identity = { name: string; namespace: string };

/**
 * The pod's name and namespace, from the downward API. Not the hostname: that is cut off at 63
 * characters, and is the node's with `hostNetwork`. A service account's token is only ever mounted
 * into pods of its own namespace, so that its file settles what POD_NAMESPACE leaves out.
 */
export async function readIdentity(
  env: Environment,
  folder = SERVICE_ACCOUNT_PATH,
): Promise<Identity> {
  const name = env['POD_NAME'];
  if (!name) {
    throw new KubeProblem({
      kind: 'no-access',
      message: 'POD_NAME is not set: rehup does not know which pod it is in',
      remedy:
        'add to the rehup container: env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]',
    });
  }
  return { name, namespace: await readNamespace(env, folder) };
}

/** The pod's namespace alone. */
export async function readNamespace(
  env: Environment,
  folder = SERVICE_ACCOUNT_PATH,
): Promise<string> {
  const account = await readAccountFile(folder, 'namespace').catch(() => undefined);
  const namespace = env['POD_NAMESPACE'] || account;
  if (namespace === undefined) {
    throw new KubeProblem({
      kind: 'no-access',
      message: 'POD_NAMESPACE is not set, and the service account’s volume has no namespace',
      remedy:
        'add to the rehup container: env: [{name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]',
    });
  }
  if (account !== undefined && account !== namespace) {
    throw new KubeProblem({
      kind: 'no-access',
      message: `POD_NAMESPACE is ${namespace}, but the service account is of namespace ${account}`,
      remedy:
        'let the downward API set it: env: [{name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]',
    });
  }
  return namespace;
}
