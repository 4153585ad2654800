import { describe, expect, it } from 'vitest';
import type { ConfigMapObject, SecretObject } from '../../../src/kubernetes/types.ts';
import { keysOfVolume } from '../../../src/kubernetes/volume-keys.ts';

const metadata = { name: 'x', uid: 'u', resourceVersion: '1' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const config: ConfigMapObject = {
  metadata,
  data: { 'a.conf': 'one', 'b.conf': 'two' },
  binaryData: { bin: Buffer.from([0xff, 0]).toString('base64') },
};
const tls: SecretObject = { metadata, data: { 'tls.key': base64('key') } };
const objects = new Map([
  ['ConfigMap/config', config],
  ['Secret/tls', tls],
  ['ConfigMap/gone', undefined],
]);

type Volume = Parameters<typeof keysOfVolume>[0];

function read(volume: Omit<Volume, 'name'>): object | undefined {
  const found = keysOfVolume({ name: 'v', ...volume }, objects);
  return (
    found && {
      ...found,
      keys: Object.fromEntries(
        [...found.keys].map(([key, bytes]) => [key, bytes.toString('latin1')]),
      ),
    }
  );
}

const whole = { isPartial: false, isSecret: false, missing: [] };

describe('what the kubelet is to write into a volume', () => {
  it('is every key of a ConfigMap, binary ones among them', () => {
    expect(read({ configMap: { name: 'config' } })).toEqual({
      ...whole,
      keys: { 'a.conf': 'one', 'b.conf': 'two', bin: 'ÿ\0' },
    });
  });

  it('is what items says, under the paths that it says', () => {
    const items = [{ key: 'a.conf', path: 'etc/app.conf' }];
    expect(read({ configMap: { name: 'config', items } })).toEqual({
      ...whole,
      keys: { 'etc/app.conf': 'one' },
    });
  });

  it('is decoded of a Secret', () => {
    expect(read({ secret: { secretName: 'tls' } })).toEqual({
      ...whole,
      isSecret: true,
      keys: { 'tls.key': 'key' },
    });
  });

  it('is that of all sources of a projected volume, as far as objects tell', () => {
    const sources = [
      { configMap: { name: 'config', items: [{ key: 'b.conf', path: 'b' }] } },
      { secret: { name: 'tls' } },
      { downwardAPI: {} },
    ];
    expect(read({ projected: { sources } })).toEqual({
      isPartial: true,
      isSecret: true,
      missing: [],
      keys: { b: 'two', 'tls.key': 'key' },
    });
  });

  it.each([
    [{ configMap: { name: 'gone' } }, ['ConfigMap/gone']],
    [{ configMap: { name: 'gone', optional: true } }, []],
    [
      { configMap: { name: 'config', items: [{ key: 'c', path: 'c' }] } },
      ['key c of ConfigMap/config'],
    ],
    [{ configMap: { name: 'config', optional: true, items: [{ key: 'c', path: 'c' }] } }, []],
  ])('waits for what is missing and not optional: %j', (volume, missing) => {
    expect(read(volume)).toMatchObject({ missing, keys: {} });
  });

  it.each([{ emptyDir: {} }, { configMap: { name: 'unread' } }])('is not known of %j', (volume) => {
    expect(read(volume)).toBeUndefined();
  });
});
