import { expect, it } from 'vitest';
import { formatSelector } from '../../../src/kubernetes/label-selector.ts';

it.each([
  [{}, ''],
  [{ matchLabels: { app: 'web', tier: 'front' } }, 'app=web,tier=front'],
  [
    {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a', 'b'] },
        { key: 'track', operator: 'NotIn', values: ['canary'] },
        { key: 'owner', operator: 'Exists' },
        { key: 'legacy', operator: 'DoesNotExist' },
      ],
    },
    'app=web,zone in (a,b),track notin (canary),owner,!legacy',
  ],
])('writes the selector of a workload as the query of a list has it: %j', (selector, query) => {
  expect(formatSelector(selector)).toBe(query);
});
