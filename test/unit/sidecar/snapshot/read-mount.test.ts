import { describe, expect, it } from 'vitest';
import type { Mount } from '../../../../src/sidecar/mount/mount.ts';
import { readMount } from '../../../../src/sidecar/snapshot/read-mount.ts';
import { createKubeletVolume, type Payload } from '../../../support/kubelet-volume.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

/** The keys that are read of a volume with this content. */
async function readKeys(payload: Payload, only: Pick<Mount, 'only'>): Promise<string[]> {
  await using volume = await createKubeletVolume();
  await volume.write(payload);
  const reading = await readMount({ path: volume.root, ...only }, createManualClock());
  return 'snapshot' in reading ? [...reading.snapshot.keys.keys()].toSorted() : [];
}

describe('a mount of which only some paths are watched', () => {
  const payload = { 'a.conf': '1', 'a.conf.d/x': '1', 'b.conf': '1', 'd/x': '1', 'd/e/y': '1' };

  it.each([
    { only: undefined, keys: Object.keys(payload) },
    { only: ['a.conf'], keys: ['a.conf'] },
    { only: ['a.conf', 'b.conf'], keys: ['a.conf', 'b.conf'] },
    { only: ['d'], keys: ['d/e/y', 'd/x'] },
    { only: ['d/e'], keys: ['d/e/y'] },
    { only: ['gone.conf'], keys: [] },
  ])('$only holds $keys', async ({ only, keys }) => {
    expect(await readKeys(payload, { ...(only && { only }) })).toEqual(keys.toSorted());
  });
});
