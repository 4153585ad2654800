import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../../src/kubernetes/types.ts';

/** Where an object is addressed: `configmaps`, `web`, `app-config`. */
export interface Address {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface StoredEvent extends Address {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The version of the event: for a deletion, that of the deletion. */
  readonly version: number;
  readonly object: KubeObject;
  /** As it was; absent for one that is new. */
  readonly before?: KubeObject;
}

type Draft = Omit<KubeObject, 'metadata'> & {
  readonly metadata?: Partial<KubeObject['metadata']>;
};

/** What etcd is to an API server: objects, one counter of versions, and the history of changes. */
export interface Store {
  readonly version: () => number;
  readonly get: (address: Address) => KubeObject | undefined;
  /** @param namespace Empty for all. */
  readonly list: (resource: string, namespace: string) => readonly KubeObject[];
  /** Creates or replaces. An equal object is no change, as in the real thing. */
  readonly put: (address: Address, draft: Draft) => KubeObject;
  readonly delete: (address: Address) => void;
  readonly since: (version: number) => readonly StoredEvent[];
  /** Forgets the history up to now: to go on from an older version is `410 Gone`. */
  readonly compact: () => void;
  readonly oldest: () => number;
  readonly onEvent: (listener: (event: StoredEvent) => void) => void;
  /** What is written from now on counts as written so long ago. Default 0. */
  readonly setAge: (ms: number) => void;
}

export function createStore(): Store {
  let ageMs = 0;
  // Real clusters begin far above 1, and versions are not those of one object.
  let version = 4000;
  let oldest = version;
  const objects = new Map<string, { address: Address; object: KubeObject }>();
  const history: StoredEvent[] = [];
  const listeners: ((event: StoredEvent) => void)[] = [];

  /** Whole seconds, as the API writes times. */
  const time = (): string => {
    return new Date(Date.now() - ageMs).toISOString().replace(/\.\d+Z$/, 'Z');
  };
  const record = (
    type: StoredEvent['type'],
    address: Address,
    object: KubeObject,
    before?: KubeObject,
  ): void => {
    const event = { ...address, type, version, object, ...(before && { before }) };
    history.push(event);
    for (const listener of listeners) listener(event);
  };

  return {
    version: () => version,
    get: (address) => objects.get(keyOf(address))?.object,
    list: (resource, namespace) =>
      [...objects.values()]
        .filter(({ address }) => address.resource === resource)
        .filter(({ address }) => namespace === '' || address.namespace === namespace)
        .map(({ object }) => object),
    put: (address, draft) => {
      const before = objects.get(keyOf(address))?.object;
      const metadata = {
        uid: before?.metadata.uid ?? randomUUID(),
        creationTimestamp: before?.metadata.creationTimestamp ?? time(),
        ...draft.metadata,
        name: address.name,
        namespace: address.namespace,
      };
      if (before && isEqual(before, { ...draft, metadata } as KubeObject)) return before;
      version += 1;
      const managedFields = [{ manager: 'test', operation: 'Update', time: time() }];
      const written = { ...draft, metadata: { ...metadata, managedFields } } as KubeObject;
      const object = withVersion(written, String(version));
      objects.set(keyOf(address), { address, object });
      record(before === undefined ? 'ADDED' : 'MODIFIED', address, object, before);
      return object;
    },
    delete: (address) => {
      const before = objects.get(keyOf(address))?.object;
      if (before === undefined) throw new Error(`no ${keyOf(address)} to delete`);
      version += 1;
      objects.delete(keyOf(address));
      record('DELETED', address, withVersion(before, String(version)), before);
    },
    since: (from) => history.filter((event) => event.version > from),
    compact: () => {
      oldest = version;
      history.length = 0;
    },
    oldest: () => oldest,
    onEvent: (listener) => void listeners.push(listener),
    setAge: (ms) => {
      ageMs = ms;
    },
  };
}

function keyOf({ resource, namespace, name }: Address): string {
  return `${resource}/${namespace}/${name}`;
}

/** But for what the server itself writes. */
function isEqual(one: KubeObject, other: KubeObject): boolean {
  const [left, right] = [one, other].map((object) => {
    const { managedFields: _, ...metadata } = object.metadata;
    return JSON.stringify(withVersion({ ...object, metadata }, ''));
  });
  return left === right;
}

/** Keys in one order, so that equal objects are equal as text. */
function withVersion(object: KubeObject, resourceVersion: string): KubeObject {
  return sortKeys({ ...object, metadata: { ...object.metadata, resourceVersion } }) as KubeObject;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
