import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyEdit,
  changeContent,
  sample,
  textFile,
} from '../../../../src/tools/simulate/content.ts';
import type { KeyFiles } from '../../../../src/tools/simulate/keys.ts';
import type { Edit } from '../../../../src/tools/simulate/step.ts';

const files: KeyFiles = new Map([
  ['b', textFile('b\n')],
  ['a', textFile('update = 9')],
]);

function apply(edit: Edit, before = files, turn = 0): Record<string, string> {
  const after = applyEdit(edit, before, turn);
  return Object.fromEntries([...after].map(([key, file]) => [key, file.content.toString()]));
}

describe('changeContent', () => {
  it.each([
    ['greeting = hello\nupdate = 0\n', 'greeting = hello\nupdate = 1\n'],
    ['{"update": 41}', '{"update": 42}'],
    ['# update 9 of update 3', '# update 10 of update 3'],
    ['updated = 1', 'updated = 1\n'],
    ['a: 1', 'a: 1\n'],
    ['a: 1\n', 'a: 1\n\n'],
    ['a: 1\n\n', 'a: 1\n'],
    ['', '\n'],
  ])('makes of %j %j', (before, after) => {
    expect(changeContent(Buffer.from(before)).toString()).toBe(after);
  });

  it('makes other bytes of any bytes, and but for the end leaves those as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const before = Buffer.from(bytes);
        const after = changeContent(before);
        expect(after.equals(before)).toBe(false);
        const kept = Math.min(before.length, after.length);
        expect(after.subarray(0, kept)).toEqual(before.subarray(0, kept));
      }),
    );
  });
});

describe('an edit', () => {
  it.each<[string, Edit, number, Record<string, string>]>([
    ['changes the first key by name', { name: 'change' }, 0, { b: 'b\n', a: 'update = 10' }],
    ['changes the next key the next time', { name: 'change' }, 1, { b: 'b\n\n', a: 'update = 9' }],
    ['starts over after the last key', { name: 'change' }, 2, { b: 'b\n', a: 'update = 10' }],
    [
      'changes the key it is told to',
      { name: 'change', key: 'b' },
      0,
      { b: 'b\n\n', a: 'update = 9' },
    ],
    ['removes the last key by name', { name: 'remove' }, 0, { a: 'update = 9' }],
    ['removes the key it is told to', { name: 'remove', key: 'a' }, 0, { b: 'b\n' }],
    ['sets a key there is', { name: 'set', key: 'b', value: 'x' }, 0, { b: 'x', a: 'update = 9' }],
    [
      'sets a key there is not',
      { name: 'set', key: 'c', value: 'x' },
      0,
      { b: 'b\n', a: 'update = 9', c: 'x' },
    ],
  ])('%s', (_, edit, turn, after) => {
    expect(apply(edit, files, turn)).toEqual(after);
  });

  it('adds keys with names of their own, and removes the last of those first', () => {
    const one = applyEdit({ name: 'add' }, files, 0);
    const two = applyEdit({ name: 'add' }, one, 0);
    expect([...two.keys()]).toEqual(['b', 'a', 'added-1', 'added-2']);
    expect([...applyEdit({ name: 'remove' }, two, 0).keys()]).toEqual(['b', 'a', 'added-1']);
  });

  it('keeps the mode of a file, and gives others a mode that all may read', () => {
    const before: KeyFiles = new Map([['key.pem', { content: Buffer.from('x'), mode: 0o400 }]]);
    for (const edit of [
      { name: 'change' },
      { name: 'set', key: 'key.pem', value: 'y' },
    ] satisfies Edit[]) {
      expect(applyEdit(edit, before, 0).get('key.pem')?.mode).toBe(0o400);
    }
    expect(applyEdit({ name: 'add', key: 'x' }, before, 0).get('x')?.mode).toBe(0o444);
  });

  it.each<[Edit, KeyFiles, string]>([
    [{ name: 'change' }, new Map(), 'change: there is no key'],
    [{ name: 'change', key: 'z' }, files, 'change: there is no key z'],
    [{ name: 'remove' }, new Map(), 'remove: there is no key'],
    [{ name: 'remove', key: 'z' }, files, 'remove: there is no key z'],
    [{ name: 'add', key: 'a' }, files, 'add: there is a key a already'],
    [{ name: 'add', key: '..data' }, files, 'add: ..data is not a name for a key'],
  ])('that is impossible is refused: %j', (edit, before, reason) => {
    expect(() => applyEdit(edit, before, 0)).toThrow(reason);
  });

  it('is seen in every key of the sample', () => {
    for (const { content } of sample.values()) {
      expect(changeContent(content).toString()).toMatch(/^update\W+1$/m);
    }
  });
});
