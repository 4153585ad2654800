import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMount } from '../../../../src/sidecar/snapshot/read-mount.ts';
import { createCounts } from '../../../../src/config/globs.ts';
import { systemClock } from '../../../../src/system/clock.ts';
import { hashContents, keysThatCount } from '../../../../src/tools/fleet/desired.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { serviceAccountToken } from '../../../support/service-account-token.ts';

const toBytes = (payload: Readonly<Record<string, string>>): ReadonlyMap<string, Buffer> =>
  new Map(Object.entries(payload).map(([key, text]) => [key, Buffer.from(text)]));

/** What the sidecar makes of a volume that the kubelet wrote. */
async function hashMounted(
  payload: Readonly<Record<string, string>>,
  globs: { include?: string[]; exclude?: string[] } = {},
): Promise<string> {
  await using volume = await createKubeletVolume();
  await volume.write(payload);
  const { include, exclude } = globs;
  const counts = await createCounts({ include, exclude });
  const reading = await readMount({ path: volume.root }, systemClock, { counts });
  if ('problem' in reading) throw new Error(reading.problem.reason);
  return reading.snapshot.hash;
}

const everything = { path: '/etc/app', globs: undefined, watched: [] };

describe('the hash of what objects hold', () => {
  it('is that of the sidecar, once the kubelet has written it', async () => {
    const key = fc.stringMatching(/^[a-z][-a-z0-9._]{0,20}$/);
    const payloads = fc.dictionary(key, fc.string({ unit: 'binary', maxLength: 200 }), {
      maxKeys: 5,
    });
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        expect(hashContents(toBytes(payload))).toBe(await hashMounted(payload));
      }),
      { numRuns: 20 },
    );
  });

  it('counts the keys that the globs of the rule let through', async () => {
    const payload = { 'a.conf': '1', 'b.conf': '2', 'c.json': '{}', 'd/e.conf': '3' };
    const globs = { include: ['*.conf', 'd/*'], exclude: ['b.*'] };
    const counted = await keysThatCount(toBytes(payload), { ...everything, globs });
    expect([...counted.keys()]).toEqual(['a.conf', 'd/e.conf']);
    expect(hashContents(counted)).toBe(await hashMounted(payload, globs));
  });

  it('takes no notice of a token that was renewed', async () => {
    const [one, two] = [serviceAccountToken({ iat: 1 }), serviceAccountToken({ iat: 2 })];
    expect(hashContents(toBytes({ token: one }))).toBe(hashContents(toBytes({ token: two })));
    expect(hashContents(toBytes({ token: one }))).toBe(await hashMounted({ token: two }));
  });

  it.each([
    [['/etc/app'], ['a.conf', 'd/e']],
    [['/etc/app/a.conf'], ['a.conf']],
    [['/etc/app/d', '/etc/other'], ['d/e']],
    [
      ['/etc/app/a.conf', '/etc/app'],
      ['a.conf', 'd/e'],
    ],
  ])('counts what of a mount is watched: %j', async (watched, keys) => {
    const counted = await keysThatCount(toBytes({ 'a.conf': '1', 'd/e': '2' }), {
      ...everything,
      watched,
    });
    expect([...counted.keys()]).toEqual(keys);
  });
});
