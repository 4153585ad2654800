import { expect, it } from 'vitest';
import { dueMs } from '../../../../src/tools/fleet/sync-pods.ts';

it('asks fifty kubelets at once, and then a hundred a second', () => {
  expect([0, 49, 50, 149, 1049].map(dueMs)).toEqual([0, 0, 10, 1000, 10_000]);
});
