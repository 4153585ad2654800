import { describe, expect, it } from 'vitest';
import type { SourceSpec } from '../../../../src/config/parse-source.ts';
import type { Collected, Kept } from '../../../../src/sidecar/source/catalog.ts';
import { planFiles } from '../../../../src/sidecar/source/plan.ts';

const spec: SourceSpec = {
  kind: 'ConfigMap',
  select: { labels: 'a=b' },
  namespaces: 'all',
  folder: 'folder',
  names: 'key',
};

let blob = 0;

function kept(name: string, keys: string[], rest: Partial<Kept> = {}): Kept {
  return {
    spec,
    namespace: 'web',
    name,
    createdAt: '2026-01-01T00:00:00Z',
    folder: undefined,
    files: keys.map((key) => ({ key, blob: (blob += 1) })),
    digest: '',
    bytes: 1,
    ...rest,
  };
}

function collect(...objects: Kept[]): Collected {
  return new Map(objects.map((object) => [`${object.namespace}/${object.name}`, object]));
}

function plan(...collections: Collected[]): { paths: string[]; refused: string[] } {
  const { files, refused } = planFiles(collections, '/published');
  return {
    paths: files.map(({ path }) => path).toSorted(),
    refused: refused.map(({ object, key, reason }) => `${object} ${key}: ${reason}`),
  };
}

describe('the files that objects come to', () => {
  it('are all their keys, in the folders of the objects', () => {
    const objects = collect(kept('one', ['a', 'b']), kept('two', ['a'], { folder: 'team' }));
    expect(plan(objects)).toEqual({ paths: ['a', 'b', 'team/a'], refused: [] });
  });

  it('leave a path to the object that is older, and say to whom', () => {
    const late = kept('early-in-the-alphabet', ['a'], { createdAt: '2026-02-01T00:00:00Z' });
    expect(plan(collect(late, kept('zed', ['a', 'b'])))).toEqual({
      paths: ['a', 'b'],
      refused: ['ConfigMap web/early-in-the-alphabet a: ConfigMap web/zed has a already'],
    });
  });

  it('leave a path to the source that is named first', () => {
    const [first, second] = [kept('one', ['a']), kept('two', ['a'])];
    second.createdAt = '2025-01-01T00:00:00Z';
    expect(plan(collect(first), collect(second)).refused).toEqual([
      'ConfigMap web/two a: ConfigMap web/one has a already',
    ]);
  });

  it('hold an object once that two sources take', () => {
    const object = kept('one', ['a']);
    expect(plan(collect(object), collect(object))).toEqual({ paths: ['a'], refused: [] });
  });

  it.each([
    [
      'a file where a folder is to be',
      kept('one', ['team']),
      kept('two', ['a'], { folder: 'team' }),
    ],
    [
      'a folder where a file is to be',
      kept('one', ['a'], { folder: 'team' }),
      kept('two', ['team']),
    ],
    [
      'a folder far above',
      kept('one', ['a'], { folder: 'team/web/x' }),
      kept('two', ['web'], { folder: 'team' }),
    ],
  ])('are not %s', (_, one, two) => {
    const { paths, refused } = plan(collect(one, two));
    expect(paths).toHaveLength(1);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain('ConfigMap web/one has');
  });

  it('leave out what points elsewhere, and nothing else', () => {
    const objects = collect(kept('bad', ['a', 'b'], { folder: '../..' }), kept('good', ['a']));
    const { paths, refused } = plan(objects);
    expect(paths).toEqual(['a']);
    expect(refused).toEqual([
      'ConfigMap web/bad a: its folder ../.. is outside of /published',
      'ConfigMap web/bad b: its folder ../.. is outside of /published',
    ]);
  });
});
