import type { Clock } from '../system/clock.ts';
import { asList, asRecord, asText, type PlainRecord } from '../system/plain.ts';
import type { KubeClient } from './client.ts';
import { keepWatching } from './keep-watching.ts';
import { parseStatus } from './parse.ts';
import { explainStatus, KubeProblem } from './problem.ts';
import { createPageSize } from './page-size.ts';
import { describeRequest, type KubeRequest, resourceOf } from './request.ts';
import { isNewer } from './version.ts';

/** Which objects: one by its name, or all that a label selector takes; without a namespace, in all. */
export type Scope = {
  kind: 'ConfigMap' | 'Secret';
  namespace?: string;
} & ({ name: string } | { labels: string });

/** An object, with the parts that hold content as they came. */
export type ContentObject = {
  namespace: string;
  name: string;
  resourceVersion: string;
  createdAt: string;
  annotations: PlainRecord;
  data: PlainRecord;
  binaryData: PlainRecord;
};

/** Where objects are kept, by namespace and name. What it throws as a KubeProblem is tried again. */
export type ObjectSink = {
  /** An object as it is now. Returns how many bytes it takes. */
  put: (object: ContentObject) => number;
  /** It is no more, or not selected any more. */
  remove: (namespace: string, name: string) => void;
  /** Everything there is has been put; what it has beside that is no more. */
  retain: (keys: ReadonlySet<string>) => void;
};

export type CollectionInput = {
  client: KubeClient;
  clock: Clock;
  random: () => number;
  scope: Scope;
  sink: ObjectSink;
  onProblem: (problem: KubeProblem | undefined) => void;
};

/** Namespaces and names hold no slash. */
export function objectKey({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}

/**
 * Keeps a sink in step with the objects of a scope, until the signal. One object at a time is in memory,
 * beside a page of the list while that is read.
 */
export async function followCollection(input: CollectionInput, signal: AbortSignal): Promise<void> {
  const { client, clock, random, scope, sink, onProblem } = input;
  const byName = 'name' in scope;
  let from = '0';
  /** Of the object that is followed by name: a watch from 0 may begin with an older one. */
  let known = '';

  const startAnew = async (until: AbortSignal): Promise<void> => {
    if (!byName) {
      from = await readList(input, until);
      return;
    }
    // The version of an object may be from long ago: nothing goes on from there.
    from = '0';
    const object = await readNamed(client, scope, until);
    known = object?.resourceVersion ?? '';
    sink.retain(new Set(object === undefined ? [] : [objectKey(object)]));
    if (object !== undefined) sink.put(object);
  };

  const take = (line: unknown, request: KubeRequest): 'bookmark' | 'news' => {
    const { type, object: raw } = asRecord(line);
    if (type === 'ERROR') {
      const body = parseStatus({ kind: 'Status', ...asRecord(raw) });
      throw explainStatus(request, { status: body?.code ?? 500, body, retryAfterMs: undefined });
    }
    if (type === 'BOOKMARK') {
      from = asText(asRecord(asRecord(raw)['metadata'])['resourceVersion']) ?? from;
      return 'bookmark';
    }
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return 'news';
    const object = parseObject(raw, request);
    if (byName && from === '0' && isNewer(known, object.resourceVersion)) return 'news';
    if (type === 'DELETED') sink.remove(object.namespace, object.name);
    else sink.put(object);
    from = object.resourceVersion;
    return 'news';
  };

  const request = (seconds: number): KubeRequest => ({
    ...requestFor(scope),
    verb: 'watch',
    query: {
      ...selectorOf(scope),
      resourceVersion: from,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(seconds),
    },
  });

  await keepWatching(
    { client, clock, random, startAnew, request, take, onOpen: () => {}, onProblem },
    signal,
  );
}

/** What following a scope takes. */
export function requestsOf(scope: Scope): KubeRequest[] {
  const query = selectorOf(scope);
  const verbs = 'name' in scope ? (['get', 'watch'] as const) : (['list', 'watch'] as const);
  const named = 'name' in scope ? { name: scope.name } : {};
  return verbs.map((verb) => ({ ...requestFor(scope), ...named, verb, query }));
}

function requestFor(scope: Scope): Omit<KubeRequest, 'verb'> {
  const { kind, namespace } = scope;
  const together = 'name' in scope ? (['get', 'watch'] as const) : (['list', 'watch'] as const);
  return { ...resourceOf(kind), ...(namespace !== undefined && { namespace }), together };
}

/** RBAC lets a rule with `resourceNames` pass for a watch only with this field selector. */
function selectorOf(scope: Scope): Record<string, string> {
  return 'name' in scope
    ? { fieldSelector: `metadata.name=${scope.name}` }
    : { labelSelector: scope.labels };
}

/** Puts all that is selected, page by page. Returns the version that a watch goes on from. */
async function readList(
  { client, scope, sink }: CollectionInput,
  signal: AbortSignal,
): Promise<string> {
  const seen = new Set<string>();
  const size = createPageSize();
  let next: string | undefined;
  let version: string;
  do {
    const request: KubeRequest = {
      ...requestFor(scope),
      verb: 'list',
      query: { ...selectorOf(scope), limit: String(size.next()), continue: next },
    };
    const answer = asRecord(await client.request<unknown>(request, signal));
    const { continue: more, resourceVersion } = asRecord(answer['metadata']);
    for (const item of asList(answer['items'])) {
      const object = parseObject(item, request);
      size.saw(sink.put(object));
      seen.add(objectKey(object));
    }
    next = asText(more) || undefined;
    version = asText(resourceVersion) ?? '';
    if (version === '') throw notOfTheApi(request, 'no list');
  } while (next !== undefined);
  sink.retain(seen);
  return version;
}

async function readNamed(
  client: KubeClient,
  scope: Scope & { name: string },
  signal: AbortSignal,
): Promise<ContentObject | undefined> {
  const request: KubeRequest = { ...requestFor(scope), verb: 'get', name: scope.name };
  try {
    return parseObject(await client.request<unknown>(request, signal), request);
  } catch (error) {
    if (error instanceof KubeProblem && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** Throws a KubeProblem for what no API server sends. */
function parseObject(raw: unknown, request: KubeRequest): ContentObject {
  const { metadata, data, binaryData } = asRecord(raw);
  const { namespace, name, resourceVersion, creationTimestamp, annotations } = asRecord(metadata);
  const object = {
    namespace: asText(namespace) ?? '',
    name: asText(name) ?? '',
    resourceVersion: asText(resourceVersion) ?? '',
    createdAt: asText(creationTimestamp) ?? '',
    annotations: asRecord(annotations),
    data: asRecord(data),
    binaryData: asRecord(binaryData),
  };
  if (object.name === '' || object.namespace === '' || object.resourceVersion === '') {
    throw notOfTheApi(request, 'no object');
  }
  return object;
}

function notOfTheApi(request: KubeRequest, what: string): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `${describeRequest(request)}: the answer is ${what} of Kubernetes`,
    remedy: 'check that the API server answers, and no proxy with answers of its own',
  });
}
