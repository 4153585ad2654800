import { exitCodes, FatalError } from '../../system/errors.ts';
import { parseManifests } from '../manifest/document.ts';
import { findObjects, type ManifestObject } from '../manifest/object.ts';
import { asRecord, asText, type PlainRecord } from '../../system/plain.ts';
import { readSources, type Source } from '../manifest/source.ts';
import { type Content, DEFAULT_SECRET_TYPE, type Value } from '../../kubernetes/content.ts';
import type { Family } from './family.ts';

/** A ConfigMap or Secret as it is to be, without the name. */
export type Draft = {
  content: Content;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
};

export type ManifestDraft = Draft & { namespace: string | undefined };

/** The object of the family in a manifest; `-` is standard input. */
export async function readManifestDraft(family: Family, file: string): Promise<ManifestDraft> {
  const { sources } = await readSources([file]);
  return findDraft(family, file, sources);
}

export function findDraft(family: Family, file: string, sources: readonly Source[]): ManifestDraft {
  const documents = sources.flatMap(parseManifests);
  for (const { file: path, problems } of documents) {
    const [problem] = problems;
    if (problem) throw refuse(`${path}: line ${problem.line}: ${problem.reason}`);
  }
  const objects = documents.flatMap(findObjects).filter(({ kind }) => kind === family.kind);
  const [object, second] = objects.filter(({ name }) => name === family.base);
  if (second) throw refuse(`${file}: there are two of ${family.kind} ${family.base}`);
  if (object) return toDraft(family, object);
  const names = objects.map(({ name }) => name).join(', ');
  const others = names === '' ? `no ${family.kind} at all` : names;
  throw refuse(`${file}: there is no ${family.kind} ${family.base} in it; there is: ${others}`);
}

function toDraft({ kind }: Family, object: ManifestObject): ManifestDraft {
  const { value, namespace } = object;
  const isSecret = kind === 'Secret';
  const values = isSecret
    ? [
        ...readValues(object, 'data', decodeBase64, false),
        ...readValues(object, 'stringData', decodeText, false),
      ]
    : [
        ...readValues(object, 'data', decodeText, false),
        ...readValues(object, 'binaryData', decodeBase64, true),
      ];
  const metadata = asRecord(value['metadata']);
  const type = isSecret ? (asText(value['type']) ?? DEFAULT_SECRET_TYPE) : '';
  return {
    content: { kind, type, values: new Map(values) },
    labels: asStrings(metadata['labels']),
    annotations: asStrings(metadata['annotations']),
    namespace,
  };
}

function readValues(
  { value, document }: ManifestObject,
  field: string,
  decode: (text: string) => Buffer | undefined,
  binary: boolean,
): [string, Value][] {
  return Object.entries(asRecord(value[field])).map(([key, text]) => {
    const bytes = typeof text === 'string' ? decode(text) : undefined;
    if (bytes !== undefined) return [key, { bytes, binary }];
    const what = typeof text === 'string' ? 'not base64' : 'not text: put it into quotes';
    throw refuse(`${document.file}: ${field}.${key} is ${what}`);
  });
}

function decodeText(text: string): Buffer {
  return Buffer.from(text);
}

/** Line breaks are allowed in it, as Go does. */
function decodeBase64(text: string): Buffer | undefined {
  const clean = text.replaceAll(/[\r\n]/g, '');
  const bytes = Buffer.from(clean, 'base64');
  return bytes.toString('base64') === clean ? bytes : undefined;
}

function asStrings(value: unknown): Record<string, string> {
  const record: PlainRecord = asRecord(value);
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, text]) =>
      typeof text === 'string' ? [[key, text] as const] : [],
    ),
  );
}

function refuse(message: string): FatalError {
  return new FatalError(message, exitCodes.configuration);
}
