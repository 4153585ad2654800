import { expect, it } from 'vitest';
import type { Mount } from '../../../../src/sidecar/mount/mount.ts';
import { nameContent } from '../../../../src/sidecar/wave/content-name.ts';

const mount = (kind: string): Mount =>
  ({ path: '/etc/app', volume: { kind, name: 'app' } }) as unknown as Mount;

it.each(['configmap', 'secret', 'projected'])('is the same in all pods: %s', async (kind) => {
  const [one, other] = [
    await nameContent('abc', [mount(kind)], 'uid'),
    await nameContent('abc', [mount(kind)], 'uid'),
  ];
  expect(one).toBe(other);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(await nameContent('abd', [mount(kind)], 'uid')).not.toBe(one);
});

it('is another one for each Lease where it may be a secret', async () => {
  const names = await Promise.all(
    ['one', 'two'].map(async (uid) => await nameContent('abc', [mount('secret')], uid)),
  );
  expect(new Set(names).size).toBe(2);
});
