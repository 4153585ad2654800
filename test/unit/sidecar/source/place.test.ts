import { describe, expect, it } from 'vitest';
import { placeKey, type PlaceInput } from '../../../../src/sidecar/source/place.ts';

const object: PlaceInput = {
  spec: { kind: 'ConfigMap', folder: 'folder', names: 'key' },
  directory: '/etc/dashboards',
  namespace: 'shop',
  name: 'sales',
  folder: undefined,
};

describe('where a key goes', () => {
  it.each<[folder: string | undefined, path: string]>([
    [undefined, 'a.json'],
    ['', 'a.json'],
    ['team', 'team/a.json'],
    ['team/web/', 'team/web/a.json'],
    ['./team//web', 'team/web/a.json'],
    ['/etc/dashboards', 'a.json'],
    ['/etc/dashboards/', 'a.json'],
    ['/etc/dashboards/team', 'team/a.json'],
    ['Team A', 'Team A/a.json'],
  ])('with the folder %j it is %j', (folder, path) => {
    expect(placeKey({ ...object, folder }, 'a.json')).toEqual({ path });
  });

  it.each<[folder: string, reason: string]>([
    ['..', 'outside of /etc/dashboards'],
    ['../other', 'outside of /etc/dashboards'],
    ['team/../../other', 'outside of /etc/dashboards'],
    ['team/../web', 'outside of /etc/dashboards'],
    ['/etc/dashboards/../passwd', 'outside of /etc/dashboards'],
    ['/etc', 'outside of /etc/dashboards'],
    ['/', 'outside of /etc/dashboards'],
    ['/etc/dashboards-other', 'outside of /etc/dashboards'],
    ['..data', "must not start with '..'"],
    ['..objects', "must not start with '..'"],
    ['/etc/dashboards/..data', "must not start with '..'"],
    ['a\0b', 'NUL byte'],
    ['a'.repeat(300), 'longer than 255 bytes'],
  ])('the folder %j is refused', (folder, reason) => {
    expect(placeKey({ ...object, folder }, 'a.json')).toEqual({
      refused: expect.stringContaining(reason) as string,
    });
  });

  it.each(['..', '.', '..data', '../a', 'a/../../b', '/a'])('the key %j is refused', (key) => {
    expect(placeKey(object, key)).toHaveProperty('refused');
  });

  it('a unique name has namespace, kind and name of the object in front', () => {
    const spec = { ...object.spec, names: 'unique' } as const;
    expect(placeKey({ ...object, spec, folder: 'team' }, 'a.json')).toEqual({
      path: 'team/namespace_shop.configmap_sales.a.json',
    });
  });
});
