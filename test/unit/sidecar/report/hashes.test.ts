import { describe, expect, it } from 'vitest';
import { type Mount, toVolume } from '../../../../src/sidecar/mount/mount.ts';
import { createShowHash, type ShowHash } from '../../../../src/sidecar/report/hashes.ts';
import { configMapMount, tmpfsMount } from '../../../support/process-builder.ts';
import { sha256 } from '../../../support/snapshot-builder.ts';

const HASH = sha256('content');
const configMap: Mount = { path: '/etc/app', volume: toVolume(configMapMount('app')) };
const secret: Mount = { path: '/etc/tls', volume: toVolume(tmpfsMount(57)) };
const directory: Mount = { path: '/srv/conf' };

function showFor(...mounts: readonly Mount[]): ShowHash {
  return createShowHash(() => mounts);
}

describe('the hash that is shown', () => {
  it('of a ConfigMap is its plain beginning, equal in every pod', () => {
    expect(showFor(configMap)(HASH)).toBe(HASH.slice(0, 12));
    expect(showFor(configMap)(HASH, ['/etc/app'])).toBe(HASH.slice(0, 12));
  });

  it.each([
    { what: 'a Secret', mount: secret },
    { what: 'a directory of unknown origin', mount: directory },
  ])('of $what is keyed: the same within a process, another in the next', ({ mount }) => {
    const show = showFor(mount);
    expect(show(HASH)).toMatch(/^[0-9a-f]{12}$/);
    expect(show(HASH)).not.toBe(HASH.slice(0, 12));
    expect(show(HASH)).toBe(show(HASH));
    expect(show(sha256('other'))).not.toBe(show(HASH));
    expect(showFor(mount)(HASH)).not.toBe(show(HASH));
  });

  it('over several mounts is keyed as soon as one of them may be secret', () => {
    const show = showFor(configMap, secret);
    expect(show(HASH)).not.toBe(HASH.slice(0, 12));
    expect(show(HASH, ['/etc/app', '/etc/tls'])).toBe(show(HASH));
    expect(show(HASH, ['/etc/app'])).toBe(HASH.slice(0, 12));
  });

  it('of equal Secrets is another one in each mount', () => {
    const show = showFor(secret, directory);
    expect(show(HASH, ['/etc/tls'])).not.toBe(show(HASH, ['/srv/conf']));
    expect(show(HASH, ['/srv/conf', '/etc/tls'])).toBe(show(HASH, ['/etc/tls', '/srv/conf']));
  });

  it('of what is not known to be a ConfigMap is keyed', () => {
    const show = showFor(configMap);
    expect(show(HASH, ['/etc/unknown'])).not.toBe(HASH.slice(0, 12));
    expect(showFor()(HASH)).not.toBe(HASH.slice(0, 12));
  });

  it('follows the mounts that are watched now', () => {
    let mounts = [configMap];
    const show = createShowHash(() => mounts);
    mounts = [configMap, secret];
    expect(show(HASH)).not.toBe(HASH.slice(0, 12));
  });

  it('of nothing is nothing', () => {
    expect(showFor(secret)('')).toBe('');
  });
});
