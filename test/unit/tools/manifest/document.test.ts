import { describe, expect, it } from 'vitest';
import { type ManifestDocument, parseManifests } from '../../../../src/tools/manifest/document.ts';
import { positionOf } from '../../../../src/tools/manifest/locate.ts';
import { describeObject, findObjects } from '../../../../src/tools/manifest/object.ts';

const parse = (text: string): ManifestDocument[] => parseManifests({ file: 'a.yaml', text });

const valuesOf = (text: string): unknown[] => parse(text).map(({ value }) => value);

const problemsOf = (text: string): unknown[] => parse(text).flatMap(({ problems }) => problems);

describe('documents', () => {
  it.each([
    ['several', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['Windows line ends', 'a: 1\r\n---\r\nb:\r\n  - 2\r\n', [{ a: 1 }, { b: [2] }]],
    ['empty ones', '---\n---\na: 1\n---\n', [null, { a: 1 }, null]],
    ['comments alone', '# nothing\n', []],
    ['no text', '', []],
    ['a comment in front', '# hi\n---\na: 1\n', [{ a: 1 }]],
    ['a byte order mark', '\uFEFFa: 1\n', [{ a: 1 }]],
    ['JSON', '{\n\t"a": [1,\n\t\t2]\n}', [{ a: [1, 2] }]],
    ['a directive', '%YAML 1.2\n---\na: 1\n', [{ a: 1 }]],
    ['ends', 'a: 1\n...\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['a mark in a text', 'a: |\n  x\n  ---\n  y\n', [{ a: 'x\n---\ny\n' }]],
    ['anchors', 'a: &x { b: 1 }\nc: *x\n', [{ a: { b: 1 }, c: { b: 1 } }]],
    ['merge keys', 'a: &x { b: 1 }\nc:\n  <<: *x\n  d: 2\n', [{ a: { b: 1 }, c: { b: 1, d: 2 } }]],
    ['the booleans of YAML 1.1', 'a: [yes, Off, "no", y]\n', [{ a: [true, false, 'no', 'y'] }]],
  ])('are read with %s', (_, text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
    expect(problemsOf(text)).toEqual([]);
  });

  it('are read behind a broken one, whatever it leaves open', () => {
    const text = 'a: 1\n---\nb: "open\n---\nc: {\n---\nd: 4\n';
    expect(valuesOf(text)).toEqual([{ a: 1 }, undefined, undefined, { d: 4 }]);
    expect(parse(text).map(({ index, problems }) => [index, problems.length > 0])).toEqual([
      [0, false],
      [1, true],
      [2, true],
      [3, false],
    ]);
  });

  it.each([
    ['a: 1\nb: [1\nc: 2\n', { line: 3, column: 1 }],
    ['a: 1\n---\nx: y\nb: : 2\n', { line: 4, column: 4 }],
    ['a: *nobody\n', { line: 1, column: 1 }],
    ['a: 1\na: 2\n', { line: 2, column: 1 }],
  ])('have problems with a position: %j', (text, position) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining(position)]);
  });

  it('do not explode', () => {
    const lists = Array.from({ length: 12 }, (_, index) => {
      const item = index === 0 ? '"x"' : `*a${index - 1}`;
      return `a${index}: &a${index} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
    });
    expect(problemsOf(lists.join('\n'))).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('alias') }),
    ]);
  });
});

describe('objects', () => {
  it('are those of Lists, too, in Lists of any kind', () => {
    const text = `
kind: List
items:
  - { kind: Pod, metadata: { name: one, namespace: here } }
  - kind: DeploymentList
    items: [{ metadata: { name: two } }]
  - nonsense
`;
    const [document] = parse(text);
    const objects = document === undefined ? [] : findObjects(document);
    expect(objects.map(describeObject)).toEqual(['Pod/one', 'Deployment/two']);
    expect(objects.map(({ path }) => path.join('.'))).toEqual(['items.0', 'items.1.items.0']);
  });
});

describe('positions', () => {
  const text = `x: &base
  image: nginx
---
y:
  - &one
    name: a
  - *one
  - <<: *one
    other: b
z: { k: [1, 2] }
`;
  const at = (...path: (string | number)[]): string => {
    const document = parse(text)[1];
    if (document === undefined) throw new Error('no document');
    const { line, column } = positionOf(document, path);
    return `${line}:${column}`;
  };

  it.each([
    [['y'], '4:1'],
    [['y', 0, 'name'], '6:5'],
    [['y', 1, 'name'], '6:5'],
    [['y', 2, 'name'], '6:5'],
    [['y', 2, 'other'], '9:5'],
    [['z', 'k'], '10:6'],
    [['z', 'k', 1], '10:13'],
    [['z', 'missing', 'deeper'], '10:1'],
    [[], '4:1'],
  ])('of %j are those of the key, or of what is above it', (path, expected) => {
    expect(at(...path)).toBe(expected);
  });
});
