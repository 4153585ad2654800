import { randomName } from './cluster.ts';
import { waitForCluster } from './deadline.ts';
import { kubectl } from './kubectl.ts';

/** @param prefix Of its name; the rest is random. */
export async function createNamespace(prefix: string): Promise<string> {
  const name = randomName(prefix);
  await kubectl(['create', 'namespace', name]);
  // Until its controller has made this account, the API server refuses every pod of the namespace.
  await waitForCluster(`the default service account of ${name}`, () =>
    kubectl(['get', 'serviceaccount', 'default', `--namespace=${name}`]),
  );
  return name;
}

/** Does not wait for the end of it: whoever comes next has a namespace of its own. */
export async function deleteNamespace(name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']);
}
