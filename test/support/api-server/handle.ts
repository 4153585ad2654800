import type { KubeObject } from '../../../src/kubernetes/types.ts';
import { answers, mergePatch, type StatusAnswer, viewOf } from './answers.ts';
import type { Call } from './call.ts';
import { selects } from './select.ts';
import type { Store } from './store.ts';

type Handled = { readonly code: number; readonly object: object } | StatusAnswer;

/** Everything but watches: reads, and writes with the preconditions that the real one has. */
export function handle(call: Call, store: Store): Handled {
  const { verb, resource, namespace } = call;
  const body = call.body as KubeObject | undefined;
  if (verb === 'list') return list(call, store);
  if (verb === 'create') {
    const name = body?.metadata.name ?? '';
    const address = { resource, namespace, name };
    if (store.get(address) !== undefined) return answers.alreadyExists(call, name);
    return { code: 201, object: store.put(address, body ?? {}) };
  }
  const address = { resource, namespace, name: call.name ?? '' };
  const before = store.get(address);
  const isApply = call.headers['content-type'] === 'application/apply-patch+yaml';
  if (before === undefined && isApply) {
    return { code: 201, object: write(call, body ?? {}, (next) => store.put(address, next)) };
  }
  if (before === undefined) return answers.notFound(call);
  switch (verb) {
    case 'get':
      return { code: 200, object: viewOf(call, before) as object };
    case 'delete': {
      const { preconditions, dryRun } = optionsOfDelete(call);
      const { uid, resourceVersion } = { ...before.metadata, ...preconditions };
      if (uid !== before.metadata.uid) return answers.conflict(call, 'Precondition failed: UID');
      if (resourceVersion !== before.metadata.resourceVersion) {
        return answers.conflict(call, 'Precondition failed: ResourceVersion');
      }
      if (!dryRun.includes('All')) store.delete(address);
      return { code: 200, object: { kind: 'Status', status: 'Success' } };
    }
    case 'update':
    case 'patch': {
      const { uid, resourceVersion } = body?.metadata ?? {};
      if (uid !== undefined && uid !== before.metadata.uid) {
        const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`;
        return answers.conflict(call, why);
      }
      if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
        return answers.conflict(call, 'the object has been modified');
      }
      const next = verb === 'patch' ? mergePatch(before, body) : body;
      const object = write(call, next as KubeObject, (written) => store.put(address, written));
      return { code: 200, object: viewOf(call, object) as object };
    }
    case 'watch':
      throw new Error('a watch is not a single answer');
    default:
      return verb satisfies never;
  }
}

type DeleteOptions = {
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun: readonly string[];
};

/** Those in the body, or those in the query: where there is a body, the real server does not read the query. */
function optionsOfDelete({ body, query }: Call): DeleteOptions {
  return { dryRun: [], ...((body as object | undefined) ?? { dryRun: query.getAll('dryRun') }) };
}

/** `dryRun=All` has everything but the effect. */
function write<Written extends object>(
  { query }: Call,
  next: Written,
  put: (next: Written) => KubeObject,
): KubeObject {
  return query.get('dryRun') === 'All' ? (next as unknown as KubeObject) : put(next);
}

/** A page, in the order of etcd. Its `continue` is good until what it began with is forgotten. */
function list(call: Call, store: Store): Handled {
  const { resource, namespace, query } = call;
  const limit = Number(query.get('limit') ?? '0') || Number.POSITIVE_INFINITY;
  const token = query.get('continue');
  const [from = String(store.version()), after = ''] = token?.split('|') ?? [];
  if (token !== null && Number(from) < store.oldest()) {
    return { code: 410, reason: 'Expired', message: 'The provided continue parameter is too old' };
  }
  const selected = store
    .list(resource, namespace)
    .filter((object) => selects(call, object) && keyOf(object) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const page = selected.slice(0, limit);
  const last = page.at(-1);
  const more = last !== undefined && selected.length > page.length;
  const metadata = {
    resourceVersion: from,
    ...(more && { continue: `${from}|${keyOf(last)}` }),
  };
  const items = page.map((object) => viewOf(call, object));
  return { code: 200, object: { kind: 'List', metadata, items } };
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
