import { exitCodes } from '../../system/errors.ts';
import { asRecord, asText, type PlainRecord } from '../../system/plain.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import type { SourceReference } from '../../kubernetes/types.ts';
import { parseManifests } from '../manifest/document.ts';
import { findObjects, type ManifestObject } from '../manifest/object.ts';
import { readSources, type Source } from '../manifest/source.ts';

/** A ConfigMap or Secret as it is to be. */
export type Wanted = SourceReference & { namespace: string; body: PlainRecord };

/** The objects of these files, directories or `-`. @throws FatalError for anything that is no ConfigMap or Secret. */
export async function readWanted(files: readonly string[], namespace: string): Promise<Wanted[]> {
  const { sources } = await readSources(files);
  return findWanted(sources, namespace);
}

export function findWanted(sources: readonly Source[], namespace: string): Wanted[] {
  const documents = sources.flatMap(parseManifests);
  for (const { file, problems } of documents) {
    const [problem] = problems;
    if (problem) throw refuse(`${file}: line ${problem.line}: ${problem.reason}`, 'correct it');
  }
  const objects = documents.flatMap(findObjects);
  const others = objects.filter(({ kind }) => !isKind(kind));
  if (others.length > 0) {
    const names = others.map(({ kind, name }) => `${kind || 'a fragment'} ${name}`).join(', ');
    throw refuse(
      `only ConfigMaps and Secrets are applied, and there is more in the files: ${names}`,
      'leave the rest to kubectl apply: kubectl apply -f FILE && rehup wait WORKLOAD',
    );
  }
  if (objects.length === 0) {
    throw refuse('there is no ConfigMap or Secret in the files', 'name other files with -f');
  }
  const wanted = objects.map((object) => toWanted(object, namespace));
  const keys = wanted.map((one) => `${one.namespace}/${one.kind}/${one.name}`);
  const twice = wanted.find((_, index) => keys.indexOf(keys[index] ?? '') !== index);
  if (twice) throw refuse(`there are two of ${twice.kind} ${twice.name}`, 'leave one of them');
  return wanted;
}

function isKind(kind: string): kind is SourceReference['kind'] {
  return kind === 'ConfigMap' || kind === 'Secret';
}

/** What the server alone writes: an object that was read is taken as well. */
const SERVERS = [
  'managedFields',
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'selfLink',
  'generation',
];

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function toWanted(
  { kind, name, namespace: written, value, document }: ManifestObject,
  namespace: string,
): Wanted {
  const where = `${document.file}: ${kind} ${name}`;
  if (name === '') throw refuse(`${document.file}: a ${kind} has no name`, 'write metadata.name');
  if (written !== undefined && written !== namespace) {
    throw refuse(
      `${where} is of namespace ${written}, and this is about ${namespace}`,
      'name it with --namespace',
    );
  }
  const { stringData, status: _, ...rest } = value;
  const metadata = Object.entries(asRecord(value['metadata'])).filter(
    ([field]) => !SERVERS.includes(field),
  );
  const annotations = Object.entries(asRecord(asRecord(value['metadata'])['annotations']));
  const kept = annotations.filter(([annotation]) => annotation !== LAST_APPLIED);
  const body = {
    ...rest,
    metadata: {
      ...Object.fromEntries(metadata),
      ...(annotations.length > 0 && { annotations: Object.fromEntries(kept) }),
      namespace,
    },
    // Server-side apply would keep the text itself among the fields that somebody owns.
    ...(stringData !== undefined && {
      data: { ...asRecord(value['data']), ...encode(asRecord(stringData), where) },
    }),
  };
  return { kind: kind as SourceReference['kind'], name, namespace, body };
}

function encode(data: PlainRecord, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const text = asText(value);
      if (text === undefined)
        throw refuse(`${where}: stringData.${key} is not text`, 'put it into quotes');
      return [key, Buffer.from(text).toString('base64')];
    }),
  );
}

function refuse(message: string, remedy: string): Error {
  return fatal({ message, remedy, exitCode: exitCodes.configuration });
}
