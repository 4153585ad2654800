import { createHash, createHmac } from 'node:crypto';
import type { KubeClient } from '../client.ts';
import { readSourceObject, type SourceObject } from '../source-object.ts';
import { sourceKey, sourcesOfPod } from '../sources.ts';
import type { PodSpec, SourceReference } from '../types.ts';

/** Enough digits that no two contents are taken for each other. */
const DIGITS = 32;

/**
 * One hash over the live content of everything that the pods of a template read: of the objects, not
 * of what a kubelet has mounted, so that every replica, however far behind, comes to the same. Verbs:
 * `get` on each of them. An object that is not there counts as such.
 */
export async function hashLiveContent(
  client: KubeClient,
  { namespace, spec }: { namespace: string; spec: PodSpec },
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sourcesOfPod(spec)) {
    const object = await readSourceObject(client, { ...source, namespace }, signal);
    hash.update(`${sourceKey(source)}\0${object ? hashContent(source, object) : 'absent'}\n`);
  }
  return hash.digest('hex').slice(0, DIGITS);
}

/**
 * The hash ends up in the pod template, where many may read it. A short secret could be guessed from a
 * plain one; the uid of a Secret is known only to those who may read the Secret itself.
 */
export function hashContent({ kind }: SourceReference, object: SourceObject): string {
  const hash = kind === 'Secret' ? createHmac('sha256', object.metadata.uid) : createHash('sha256');
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  const data = Object.entries(object.data ?? {}).map(([key, text]) => ({
    key,
    bytes: Buffer.from(text, encoding),
  }));
  const binary = Object.entries(object.binaryData ?? {}).map(([key, text]) => ({
    key,
    bytes: Buffer.from(text, 'base64'),
  }));
  // Keys hold no NUL byte, and the length tells where the content ends.
  for (const { key, bytes } of [...data, ...binary].toSorted(byKey)) {
    hash.update(`${key}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function byKey(one: { key: string }, other: { key: string }): number {
  return one.key < other.key ? -1 : 1;
}
