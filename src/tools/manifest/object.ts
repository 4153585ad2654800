import type { ManifestDocument } from './document.ts';
import type { Path } from './path.ts';
import { asList, asRecord, asText, isRecord, type PlainRecord } from '../../system/plain.ts';

/** A Kubernetes object in a document: the document itself, or an item of a List. */
export type ManifestObject = {
  document: ManifestDocument;
  path: Path;
  value: PlainRecord;
  /** Empty for a fragment. */
  kind: string;
  name: string;
  namespace: string | undefined;
};

/** Every object of a document, those in Lists included. */
export function findObjects(document: ManifestDocument): ManifestObject[] {
  return collect(document, document.value, []);
}

function collect(document: ManifestDocument, value: unknown, path: Path): ManifestObject[] {
  if (!isRecord(value)) return [];
  const kind = asText(value['kind']) ?? '';
  if (kind.endsWith('List')) {
    return asList(value['items']).flatMap((item, index) => {
      // The items of a DeploymentList need not say that they are Deployments.
      const implied = kind.slice(0, -'List'.length);
      const typed = isRecord(item) && implied !== '' ? { kind: implied, ...item } : item;
      return collect(document, typed, [...path, 'items', index]);
    });
  }
  const metadata = asRecord(value['metadata']);
  const name = asText(metadata['name']) ?? asText(metadata['generateName']) ?? '';
  return [{ document, path, value, kind, name, namespace: asText(metadata['namespace']) }];
}

/** `Deployment/my-app`, as in messages. */
export function describeObject({ kind, name }: ManifestObject): string {
  return `${kind === '' ? 'Pod' : kind}/${name === '' ? '(no name)' : name}`;
}
