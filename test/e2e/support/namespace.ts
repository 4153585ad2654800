import { afterAll, beforeAll } from 'vitest';

import { randomName } from './cluster.ts';
import { waitForCluster } from './deadline.ts';
import { kubectl } from './kubectl.ts';

/** A namespace for the tests of one file, made before the first one and deleted after the last one. Call it at the top of the file. */
export function useNamespace(): () => string {
  let created: string | undefined;
  beforeAll(async () => {
    created = await createNamespace();
  });
  afterAll(async () => {
    if (created) await deleteNamespace(created);
  });
  return () => {
    if (!created) throw new Error('the namespace exists only while tests run');
    return created;
  };
}

async function createNamespace(): Promise<string> {
  const name = randomName('rehup-e2e');
  await kubectl(['create', 'namespace', name]);
  // Until its controller has made this account, the API server refuses every pod of the namespace.
  await waitForCluster(`the default service account of ${name}`, () =>
    kubectl(['get', 'serviceaccount', 'default', `--namespace=${name}`]),
  );
  return name;
}

/** Does not wait for the end of it: the next test file has a namespace of its own. */
async function deleteNamespace(name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']);
}
