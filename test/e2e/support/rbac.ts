import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import type { KubernetesObject } from './cluster.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export type Role = KubernetesObject & { readonly rules: readonly Rule[] };

/** The name of everything that the manifests of `examples/rbac` name. */
export const NAMED = 'my-app';

/** The name of the service account that they make. */
export const ACCOUNT = 'rehup';

const folder = join(import.meta.dirname, '../../../examples/rbac');

/** A manifest of `examples/rbac`, word for word, in this namespace. */
export async function readManifest(file: string, namespace: string): Promise<KubernetesObject[]> {
  const text = await readFile(join(folder, file), 'utf8');
  return parseAllDocuments(text).map((document) => {
    const object = document.toJS() as KubernetesObject;
    return { ...object, metadata: { ...object.metadata, namespace } };
  });
}

/** The one object of that kind. */
export function only<Kind extends KubernetesObject>(
  objects: readonly KubernetesObject[],
  kind: string,
): Kind {
  const [found, ...others] = objects.filter((object) => object.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`not exactly one ${kind}`);
  return found as Kind;
}
