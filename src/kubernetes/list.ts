import type { KubeClient } from './client.ts';
import type { KubeRequest } from './request.ts';

type ListAnswer<Item> = { items?: readonly Item[]; metadata?: { continue?: string } };

/** A page that stays far below what the client takes, whatever the objects hold. */
const PAGE = '100';

/** All items, page by page. The items of a list do not say of what kind they are. */
export async function listAll<Item>(
  client: KubeClient,
  request: Omit<KubeRequest, 'verb' | 'name'>,
  signal: AbortSignal,
): Promise<Item[]> {
  const items: Item[] = [];
  let next: string | undefined;
  do {
    const query = { ...request.query, limit: PAGE, continue: next };
    const answer = await client.request<ListAnswer<Item>>(
      { ...request, verb: 'list', query },
      signal,
    );
    items.push(...(answer.items ?? []));
    next = answer.metadata?.continue || undefined;
  } while (next !== undefined);
  return items;
}
