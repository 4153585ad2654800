import type { KubeObject } from '../../../src/kubernetes/types.ts';
import type { Call } from './call.ts';
import type { StoredEvent } from './store.ts';

/** Whether a list or a watch is about an object: by its name, or by labels (`a=b`, `a`, all of them). */
export function selects({ name, query }: Call, { metadata }: KubeObject): boolean {
  if (name !== undefined && metadata.name !== name) return false;
  const terms = (query.get('labelSelector') ?? '').split(',').filter((term) => term !== '');
  return terms.every((term) => {
    const [label = '', value] = term.split('=');
    const has = metadata.labels?.[label];
    return has !== undefined && (value === undefined || has === value);
  });
}

/** What a watch hears of a change: an object that is not selected any more is deleted, to it. */
export function heard(call: Call, event: StoredEvent): StoredEvent['type'] | undefined {
  const isKind = event.resource === call.resource;
  const isThere = call.namespace === '' || event.namespace === call.namespace;
  if (!isKind || !isThere) return undefined;
  const was = event.before !== undefined && selects(call, event.before);
  const is = event.type !== 'DELETED' && selects(call, event.object);
  if (was && is) return 'MODIFIED';
  if (is) return 'ADDED';
  return was ? 'DELETED' : undefined;
}
