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

type Told = { paths: string[]; refused: string[] };

function plan(...collections: Collected[]): Told {
  const { files, refused } = planFiles(collections, { directory: '/published', laterWins: false });
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

/** Each path with the object that it is of. */
function planLater(...collections: Collected[]): { of: string[]; refused: number } {
  const { files, refused } = planFiles(collections, { directory: '/published', laterWins: true });
  const objects = collections.flatMap((one) => [...one.values()]);
  const of = files.map(({ path, blob: shown }) => {
    const owner = objects.find((one) => one.files.some((file) => file.blob === shown));
    return `${path} of ${owner?.name}`;
  });
  return { of: of.toSorted(), refused: refused.length };
}

describe('the later of two with the same key', () => {
  it('is that of the later source, however old', () => {
    const [first, second] = [kept('one', ['a', 'b']), kept('two', ['a'])];
    second.createdAt = '2025-01-01T00:00:00Z';
    const later = planLater(collect(first), collect(second));
    expect(later).toEqual({ of: ['a of two', 'b of one'], refused: 0 });
    expect(planLater(collect(second), collect(first)).of).toEqual(['a of one', 'b of one']);
  });

  it('is the younger object of one source, and of three the youngest', () => {
    const objects = ['c', 'a', 'b'].map((name, year) =>
      kept(name, ['x'], { createdAt: `202${year}-01-01T00:00:00Z` }),
    );
    expect(planLater(collect(...objects)).of).toEqual(['x of b']);
    expect(planLater(collect(...objects.slice(0, 2))).of).toEqual(['x of a']);
  });

  it('is so in each folder for itself', () => {
    const one = kept('one', ['a', 'b'], { folder: 'team' });
    const two = kept('two', ['a'], { folder: '/published/team' });
    const three = kept('three', ['a']);
    expect(planLater(collect(one), collect(three), collect(two)).of).toEqual([
      'a of three',
      'team/a of two',
      'team/b of one',
    ]);
  });

  it('has its file where another has a folder, and says so of the other', () => {
    const one = kept('one', ['a'], { folder: 'team' });
    const two = kept('two', ['team']);
    expect(planLater(collect(one), collect(two))).toEqual({ of: ['team of two'], refused: 1 });
    expect(planLater(collect(two), collect(one))).toEqual({ of: ['team/a of one'], refused: 1 });
  });
});

function byName(name: string, keys: string[], folder?: string): Kept {
  return kept(name, keys, { spec: { ...spec, select: { name } }, folder });
}

function conflicts(...objects: Kept[]): string[] {
  const collections = objects.map((one) => collect(one));
  return planFiles(collections, { directory: '/published', laterWins: false }).conflicts;
}

describe('two objects by name with the same key', () => {
  it('are a conflict that names both', () => {
    expect(
      conflicts(byName('one', ['a', 'b']), byName('two', ['c']), byName('three', ['b'])),
    ).toEqual(['the key b is in ConfigMap web/one and in ConfigMap web/three']);
  });

  it('are one also where one has a folder in place of the file of the other', () => {
    expect(conflicts(byName('one', ['a'], 'x/team'), byName('two', ['x']))).toEqual([
      'x is a folder in ConfigMap web/one and a file in ConfigMap web/two',
    ]);
    expect(conflicts(byName('two', ['x']), byName('one', ['a'], 'x/team'))).toEqual([
      'x is a file in ConfigMap web/two and a folder in ConfigMap web/one',
    ]);
  });

  it('are none beside an object by its label, so that nobody holds what others publish', () => {
    expect(conflicts(byName('one', ['a']), kept('two', ['a']))).toEqual([]);
    expect(conflicts(kept('two', ['a']), byName('one', ['a']))).toEqual([]);
  });
});
