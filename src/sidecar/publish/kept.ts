import { createHash } from 'node:crypto';
import type { Content, ContentKind, Value } from '../../kubernetes/content.ts';
import { toValue } from '../../kubernetes/content.ts';
import { asNumber, asRecord, asText, isRecord } from '../../system/plain.ts';
import { parseVolumePath } from '../../system/volume/paths.ts';

/** A file of a generation, with all that there is to it. */
export type KeptFile = { path: string; mode: number; bytes: Buffer };

/** Content that was published and proved, as it outlives the pod. */
export type Kept = {
  rule: string;
  /** Of the sources' content that it came of, over the keys that count. */
  hash: string;
  /** Path of each source → hash of its content. */
  mounts: Readonly<Record<string, string>>;
  /** When it was kept, ISO 8601, and by which pod. */
  at: string;
  by: string;
  /** Counts up: the newest of several, whatever clocks say. */
  turn: number;
  files: readonly KeptFile[];
};

/** The key that says what the others are. It is in the data, since annotations show in many places. */
const INDEX = 'rehup.dev_kept.json';

const FORMAT = 1;
const DEFAULT_MODE = 0o644;

/** What the API takes as a key of a ConfigMap or Secret. */
const KEY = /^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/;

/** As it is put into an object. @param salt Of the hash of a Secret. */
export function writeKept(kind: ContentKind, kept: Kept, salt: string | undefined): Content {
  const { files, ...about } = kept;
  const keys = nameKeys(files);
  const paths: Record<string, string> = {};
  const modes: Record<string, number> = {};
  const values = new Map<string, Value>();
  for (const { path, mode, bytes } of files) {
    const key = keys.get(path) ?? path;
    values.set(key, toValue(kind, bytes));
    if (key !== path) paths[key] = path;
    if (mode !== DEFAULT_MODE) modes[key] = mode;
  }
  const index = { format: FORMAT, ...about, paths, modes, ...(salt !== undefined && { salt }) };
  values.set(INDEX, toValue(kind, Buffer.from(JSON.stringify(index))));
  return { kind, type: kind === 'Secret' ? 'Opaque' : '', values };
}

/** Path → key: itself where the API takes it. */
function nameKeys(files: readonly KeptFile[]): ReadonlyMap<string, string> {
  const plain = files.filter(({ path }) => KEY.test(path) && path !== INDEX && path !== '.');
  const keys = new Map(plain.map(({ path }) => [path, path]));
  const used = new Set([...keys.keys(), INDEX]);
  for (const { path } of files) {
    if (keys.has(path)) continue;
    const hash = createHash('sha256').update(path).digest('hex').slice(0, 10);
    const readable = path.replaceAll(/[^-._a-zA-Z0-9]/g, '_').replace(/^\.+/, '');
    let key = `${readable.slice(0, 200)}-${hash}`;
    while (used.has(key)) key += '_';
    used.add(key);
    keys.set(path, key);
  }
  return keys;
}

export type ReadKept = { kept: Kept; salt: string | undefined };

/** What is in an object; `undefined` where it is nothing that was kept. */
export function readKept({ values }: Content): ReadKept | undefined {
  const index = parseIndex(values.get(INDEX)?.bytes);
  if (index === undefined) return undefined;
  const { rule, hash, at, by, turn, mounts, paths, modes, salt } = index;
  const files = [...values]
    .filter(([key]) => key !== INDEX)
    .map(([key, { bytes }]) => ({
      path: asText(paths[key]) ?? key,
      mode: (asNumber(modes[key]) ?? DEFAULT_MODE) & 0o777,
      bytes,
    }));
  // Whoever writes the object is not to write elsewhere.
  if (files.some(({ path }) => !isPath(path))) return undefined;
  return { kept: { rule, hash, mounts, at, by, turn, files }, salt };
}

type Index = Omit<Kept, 'files'> & {
  paths: Readonly<Record<string, unknown>>;
  modes: Readonly<Record<string, unknown>>;
  salt: string | undefined;
};

function parseIndex(bytes: Buffer | undefined): Index | undefined {
  const index = parseJson(bytes?.toString() ?? '');
  if (!isRecord(index) || index['format'] !== FORMAT || !isRecord(index['mounts'])) {
    return undefined;
  }
  const [rule, hash, at, by] = ['rule', 'hash', 'at', 'by'].map((name) => asText(index[name]));
  const turn = asNumber(index['turn']);
  const mounts = Object.entries(index['mounts']);
  if (rule === undefined || hash === undefined || turn === undefined) return undefined;
  if (at === undefined || by === undefined || !mounts.every(isHash)) return undefined;
  return {
    rule,
    hash,
    at,
    by,
    turn,
    mounts: Object.fromEntries(mounts) as Kept['mounts'],
    paths: asRecord(index['paths']),
    modes: asRecord(index['modes']),
    salt: asText(index['salt']),
  };
}

function isHash([, value]: [string, unknown]): boolean {
  return typeof value === 'string';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPath(path: string): boolean {
  try {
    return parseVolumePath(path) === path;
  } catch {
    return false;
  }
}

/** The same to an app, whoever kept it and when. */
export function isSameContent(one: Kept, other: Kept): boolean {
  if (one.hash !== other.hash || one.files.length !== other.files.length) return false;
  const files = new Map(one.files.map((file) => [file.path, file]));
  return other.files.every(({ path, mode, bytes }) => {
    const file = files.get(path);
    return file !== undefined && file.mode === mode && file.bytes.equals(bytes);
  });
}
