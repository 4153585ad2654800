import { expect, it } from 'vitest';
import type { KubeClient } from '../../../src/kubernetes/client.ts';
import { listAll } from '../../../src/kubernetes/list.ts';
import { type KubeRequest, pods } from '../../../src/kubernetes/request.ts';

it('a list is read page by page, until none is left', async () => {
  const requests: KubeRequest[] = [];
  const pages = [
    { items: ['a', 'b'], metadata: { continue: 'next' } },
    { metadata: { continue: 'last' } },
    { items: ['c'], metadata: { continue: '' } },
  ];
  const client: Pick<KubeClient, 'request'> = {
    request: async <Answer>(request: KubeRequest) => {
      requests.push(request);
      return pages[requests.length - 1] as Answer;
    },
  };

  const items = await listAll<string>(
    client as KubeClient,
    { ...pods, namespace: 'web', query: { labelSelector: 'a=b' } },
    new AbortController().signal,
  );

  expect(items).toEqual(['a', 'b', 'c']);
  expect(requests.map(({ query }) => query?.['continue'])).toEqual([undefined, 'next', 'last']);
  expect(new Set(requests.map(({ query }) => query?.['labelSelector']))).toEqual(new Set(['a=b']));
});
