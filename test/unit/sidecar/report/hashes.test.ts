import { describe, expect, it } from 'vitest';
import { type Mount, toVolume } from '../../../../src/sidecar/mount/mount.ts';
import { createShowHash, type ShowHash } from '../../../../src/sidecar/report/hashes.ts';
import { configMapMount, tmpfsMount } from '../../../support/process-builder.ts';
import { sha256 } from '../../../support/snapshot-builder.ts';

const HASH = sha256('content');
const RULE = { rule: 'default' };
const configMap: Mount = { path: '/etc/app', volume: toVolume(configMapMount('app')) };
const secret: Mount = { path: '/etc/tls', volume: toVolume(tmpfsMount(57)) };
const directory: Mount = { path: '/srv/conf' };

function showFor(...mounts: readonly Mount[]): ShowHash {
  return createShowHash(() => new Map([['default', mounts]]));
}

describe('the hash that is shown', () => {
  it('of a ConfigMap is its plain beginning, equal in every pod', () => {
    expect(showFor(configMap)(HASH, RULE)).toBe(HASH.slice(0, 12));
    expect(showFor(configMap)(HASH, { mount: '/etc/app' })).toBe(HASH.slice(0, 12));
  });

  it.each([
    { what: 'a Secret', mount: secret },
    { what: 'a directory of unknown origin', mount: directory },
  ])('of $what is keyed: the same within a process, another in the next', ({ mount }) => {
    const show = showFor(mount);
    expect(show(HASH, RULE)).toMatch(/^[0-9a-f]{12}$/);
    expect(show(HASH, RULE)).not.toBe(HASH.slice(0, 12));
    expect(show(HASH, RULE)).toBe(show(HASH, RULE));
    expect(show(sha256('other'), RULE)).not.toBe(show(HASH, RULE));
    expect(showFor(mount)(HASH, RULE)).not.toBe(show(HASH, RULE));
  });

  it('over several mounts is keyed as soon as one of them may be secret', () => {
    const show = showFor(configMap, secret);
    expect(show(HASH, RULE)).not.toBe(HASH.slice(0, 12));
    expect(show(HASH, RULE)).toBe(show(HASH, RULE));
    expect(show(HASH, { mount: '/etc/app' })).toBe(HASH.slice(0, 12));
  });

  it('of equal Secrets is another one in each mount', () => {
    const show = showFor(secret, directory);
    expect(show(HASH, { mount: '/etc/tls' })).not.toBe(show(HASH, { mount: '/srv/conf' }));
  });

  it('of what is not known to be a ConfigMap is keyed', () => {
    const show = showFor(configMap);
    expect(show(HASH, { mount: '/etc/unknown' })).not.toBe(HASH.slice(0, 12));
    expect(showFor()(HASH, RULE)).not.toBe(HASH.slice(0, 12));
  });

  it('follows the mounts that are watched now', () => {
    let mounts = [configMap];
    const show = createShowHash(() => new Map([['default', mounts]]));
    mounts = [configMap, secret];
    expect(show(HASH, RULE)).not.toBe(HASH.slice(0, 12));
  });

  it.each([{ mount: configMap }, { mount: secret }])(
    'of a rule with one mount is that of the mount, whatever other rules watch',
    ({ mount }) => {
      const rules = { default: [mount], other: [directory, secret] };
      const show = createShowHash(() => new Map(Object.entries(rules)));
      expect(show(HASH, RULE)).toBe(show(HASH, { mount: mount.path }));
    },
  );

  it('of nothing is nothing', () => {
    expect(showFor(secret)('', RULE)).toBe('');
  });
});
