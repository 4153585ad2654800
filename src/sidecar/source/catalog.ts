import { hash as hashText } from 'node:crypto';
import type { SourceSpec } from '../../config/parse-source.ts';
import { type ContentObject, objectKey, type ObjectSink } from '../../kubernetes/collection.ts';
import { asText } from '../../system/plain.ts';
import type { Blobs } from './blobs.ts';

/** What is known of an object: its content is on the disk. */
export type Kept = {
  spec: SourceSpec;
  namespace: string;
  name: string;
  createdAt: string;
  /** What its annotation says. */
  folder: string | undefined;
  /** By its keys; each is a file of the store. */
  files: readonly { key: string; blob: number }[];
  digest: string;
  bytes: number;
};

/** All objects of one scope, by namespace and name. */
export type Collected = ReadonlyMap<string, Kept>;

export type Collector = ObjectSink & { collected: Collected };

export type CollectorInput = {
  spec: SourceSpec;
  blobs: Blobs;
  /** It may as well not be there. */
  isOptional: boolean;
  /** An object by its name that is deleted stays, as it does in a volume of the kubelet that is not optional. */
  onDeleted: (object: string) => void;
  /** Something is to be delivered that was not before. */
  onChange: () => void;
  /** All that there is has been read. */
  onRead: () => void;
};

/** Takes the content of objects to the disk, and remembers the rest of them. */
export function createCollector(input: CollectorInput): Collector {
  const { spec, blobs, isOptional, onDeleted, onChange, onRead } = input;
  const collected = new Map<string, Kept>();
  const staysWhenDeleted = 'name' in spec.select && !isOptional;

  const forget = (key: string): void => {
    const kept = collected.get(key);
    if (kept === undefined) return;
    if (staysWhenDeleted) {
      onDeleted(`${spec.kind}/${kept.name}`);
      return;
    }
    collected.delete(key);
    blobs.remove(kept.files.map(({ blob }) => blob));
    onChange();
  };

  return {
    collected,
    put: (object) => {
      const key = objectKey(object);
      const before = collected.get(key);
      const contents = contentsOf(object, spec.kind);
      const digest = digestOf(contents);
      const { namespace, name, createdAt, annotations } = object;
      const folder = spec.folder === undefined ? undefined : asText(annotations[spec.folder]);
      const isEqual = before?.digest === digest;
      if (isEqual && before.folder === folder && before.createdAt === createdAt) {
        return before.bytes;
      }
      const files = isEqual ? before.files : blobs.write(contents);
      const bytes = contents.reduce((sum, { content }) => sum + content.length, name.length);
      collected.set(key, { spec, namespace, name, createdAt, folder, files, digest, bytes });
      // What is shown of them has links of its own.
      if (before !== undefined && !isEqual) blobs.remove(before.files.map(({ blob }) => blob));
      onChange();
      return bytes;
    },
    remove: (namespace, name) => forget(objectKey({ namespace, name })),
    retain: (keys) => {
      for (const key of collected.keys()) if (!keys.has(key)) forget(key);
      onRead();
    },
  };
}

export type KeyContent = { key: string; content: Buffer };

/** The values of a Secret, and those of `binaryData`, are in base64. */
function contentsOf({ data, binaryData }: ContentObject, kind: Kept['spec']['kind']): KeyContent[] {
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  return [...decode(data, encoding), ...decode(binaryData, 'base64')];
}

function decode(values: ContentObject['data'], encoding: BufferEncoding): KeyContent[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const text = asText(value);
    return text === undefined ? [] : [{ key, content: Buffer.from(text, encoding) }];
  });
}

/** No content is kept, but this of it: enough to tell whether it has changed. */
function digestOf(contents: readonly KeyContent[]): string {
  const lines = contents.map(({ key, content }) => `${key}\0${hashText('sha256', content, 'hex')}`);
  return hashText('sha256', lines.toSorted().join('\n'), 'base64url');
}
