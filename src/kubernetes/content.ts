import { isUtf8 } from 'node:buffer';
import type { ConfigMapObject, SecretObject, SourceReference } from './types.ts';

export type ContentKind = SourceReference['kind'];

/** An object with content, of either kind. */
export type ContentObject = ConfigMapObject & SecretObject;

/** One value. `binary` is in `binaryData` of a ConfigMap, which makes no environment variables. */
export type Value = { bytes: Buffer; binary: boolean };

/** What a ConfigMap or Secret holds. Never printed, but for the differences of a ConfigMap. */
export type Content = {
  kind: ContentKind;
  /** Of a Secret: `Opaque`, `kubernetes.io/tls`, …; empty for a ConfigMap. */
  type: string;
  values: ReadonlyMap<string, Value>;
};

export const DEFAULT_SECRET_TYPE = 'Opaque';

/** Bytes as kubectl stores them: what is not UTF-8 becomes `binaryData`. A Secret has `data` alone. */
export function toValue(kind: ContentKind, bytes: Buffer): Value {
  return { bytes, binary: kind === 'ConfigMap' && !isUtf8(bytes) };
}

/** The content of an object as the API server sends it. */
export function readContent(kind: ContentKind, object: ContentObject): Content {
  const isSecret = kind === 'Secret';
  const values = new Map([
    ...decode(object.data, isSecret ? 'base64' : 'utf8', false),
    ...decode(object.binaryData, 'base64', true),
  ]);
  return { kind, type: isSecret ? (object.type ?? DEFAULT_SECRET_TYPE) : '', values };
}

type Encoded = Readonly<Record<string, string>>;

function decode(
  data: Encoded | undefined,
  encoding: 'base64' | 'utf8',
  binary: boolean,
): [string, Value][] {
  return Object.entries(data ?? {}).map(([key, text]) => [
    key,
    { bytes: Buffer.from(text, encoding), binary },
  ]);
}

/** The fields of the object that carry the content. */
export function writeContent({ kind, type, values }: Content): Record<string, unknown> {
  const encode = (binary: boolean, encoding: 'base64' | 'utf8'): Record<string, string> =>
    Object.fromEntries(
      [...values]
        .filter(([, value]) => value.binary === binary)
        .map(([key, { bytes }]) => [key, bytes.toString(encoding)]),
    );
  if (kind === 'Secret') return { type, data: encode(false, 'base64') };
  const binaryData = encode(true, 'base64');
  return {
    data: encode(false, 'utf8'),
    ...(Object.keys(binaryData).length > 0 && { binaryData }),
  };
}

/** What the API server counts: the bytes of all values, decoded, without the keys. */
export function sizeOf({ values }: Content): number {
  return [...values.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** One text for equal contents, in whatever order they came. */
export function canonical({ type, values }: Content): string {
  const sorted = [...values].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const plain = sorted.map(([key, { bytes, binary }]) => [key, binary, bytes.toString('base64')]);
  return JSON.stringify([type, plain]);
}
