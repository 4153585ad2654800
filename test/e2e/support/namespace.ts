import { afterAll, beforeAll } from 'vitest';

import { createNamespace, deleteNamespace } from './make-namespace.ts';

/** A namespace for the tests of one file, made before the first one and deleted after the last one. Call it at the top of the file. */
export function useNamespace(): () => string {
  let created: string | undefined;
  beforeAll(async () => {
    created = await createNamespace('rehup-e2e');
  });
  afterAll(async () => {
    if (created) await deleteNamespace(created);
  });
  return () => {
    if (!created) throw new Error('the namespace exists only while tests run');
    return created;
  };
}
