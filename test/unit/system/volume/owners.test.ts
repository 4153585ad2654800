import { describe, expect, it } from 'vitest';
import { createOwners, describeClash } from '../../../../src/system/volume/owners.ts';

describe('the owners of paths', () => {
  it('have each path alone', () => {
    const owners = createOwners();
    expect(owners.claim('a', 'one')).toBeUndefined();
    expect(owners.claim('b/a', 'two')).toBeUndefined();
    expect(owners.claim('b/b', 'three')).toBeUndefined();
    expect(owners.claim('a', 'two')).toEqual({ owner: 'one', path: 'a', as: 'same' });
    expect(['a', 'b/a', 'b/b', 'c'].map(owners.ownerOf)).toEqual([
      'one',
      'two',
      'three',
      undefined,
    ]);
  });

  it.each([
    ['a folder', 'a/b/c', 'a', 'a is a folder in one and a file in two'],
    ['a folder further down', 'a/b/c', 'a/b', 'a/b is a folder in one and a file in two'],
    ['a file', 'a', 'a/b/c', 'a is a file in one and a folder in two'],
    ['a file further down', 'a/b', 'a/b/c', 'a/b is a file in one and a folder in two'],
  ])('have %s in the way of others', (_, first, second, words) => {
    const owners = createOwners();
    owners.claim(first, 'one');
    const clash = owners.claim(second, 'two');
    expect(clash && describeClash(clash, 'two')).toBe(words);
    expect(owners.ownerOf(second)).toBe('one');
  });

  it('are not mixed up by names that begin alike', () => {
    const owners = createOwners();
    owners.claim('a', 'one');
    expect(owners.claim('ab/c', 'two')).toBeUndefined();
    expect(owners.claim('a.b', 'two')).toBeUndefined();
  });
});
