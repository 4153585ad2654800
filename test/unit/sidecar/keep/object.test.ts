import { describe, expect, it } from 'vitest';
import type { ContentObject } from '../../../../src/kubernetes/content.ts';
import { buildObject, judgeObject, type KeptFor } from '../../../../src/sidecar/keep/object.ts';
import { TooMuchToKeep } from '../../../../src/sidecar/publish/read-generation.ts';
import type { Kept } from '../../../../src/sidecar/publish/kept.ts';
import { buildKept } from '../../../support/kept-builder.ts';

const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'my-app', uid: 'uid-1' };
const ofConfigMap: KeptFor = { kind: 'ConfigMap', owner, rule: 'default' };
const ofSecret: KeptFor = { ...ofConfigMap, kind: 'Secret' };

/** As the API server gives it back. */
function store(about: KeptFor, kept: Kept, salt = 'salt'): ContentObject {
  const draft = buildObject(about, { name: 'rehup-deployment-my-app-kept-a', kept, salt });
  return JSON.parse(JSON.stringify(draft)) as ContentObject;
}

const binary = Buffer.from([0xff, 0x00, 0xfe]);

function byPath(one: { path: string }, other: { path: string }): number {
  return one.path < other.path ? -1 : 1;
}

describe('the object that content is kept in', () => {
  it.each([
    { what: 'text and bytes', files: { 'app.json': '{}', 'logo.png': binary, empty: '' } },
    { what: 'files in folders', files: { 'one/a.json': '1', 'two/a.json': '2', '.hidden/x': '3' } },
    { what: 'names that are no keys', files: { 'ä b': '1', 'a..b': '2', ['x'.repeat(255)]: '3' } },
    { what: 'names that would be the same', files: { 'a/b': '1', a_b: '2', 'a b': '3' } },
    { what: 'the name of its own index', files: { 'rehup.dev_kept.json': '{}' } },
    { what: 'nothing', files: {} },
  ])('gives back $what', ({ files }) => {
    for (const about of [ofConfigMap, ofSecret]) {
      const kept = buildKept(files);
      const found = judgeObject(store(about, kept), about);
      if (found.is !== 'kept') throw new Error(found.is);
      expect({ ...found.kept, files: found.kept.files.toSorted(byPath) }).toEqual({
        ...kept,
        files: kept.files.toSorted(byPath),
      });
      expect(found.isOwned).toBe(true);
    }
  });

  it('has keys that the API takes', () => {
    const kept = buildKept({ 'ä/b': '1', '..x/y': '2', [`${'x'.repeat(250)}/y`]: '3' });
    const keys = Object.keys(store(ofConfigMap, kept).data ?? {});
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(key).toMatch(/^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/);
  });

  it('keeps modes', () => {
    const kept = buildKept();
    const files = kept.files.map((file) => ({ ...file, mode: 0o440 }));
    const found = judgeObject(store(ofConfigMap, { ...kept, files }), ofConfigMap);
    expect(found).toMatchObject({ kept: { files: [{ mode: 0o440 }] } });
  });

  it('says in its annotations nothing that a Secret could be guessed from', () => {
    const one = store(ofSecret, buildKept({ password: '1234' }), 'one').metadata.annotations;
    const two = store(ofSecret, buildKept({ password: '1234' }), 'two').metadata.annotations;
    expect(one?.['rehup.dev/kept-hash']).not.toBe(two?.['rehup.dev/kept-hash']);
    expect(JSON.stringify(one)).not.toContain('hash of');
    expect(JSON.stringify(one)).not.toContain('abc');
  });

  const whole = store(ofConfigMap, buildKept());
  it.each<{ what: string; object: ContentObject }>([
    {
      what: 'another value',
      object: { ...whole, data: { ...whole.data, 'app.json': '{"evil": 1}' } },
    },
    { what: 'a key more', object: { ...whole, data: { ...whole.data, more: '' } } },
    { what: 'no index', object: { ...whole, data: { 'app.json': '{}' } } },
    { what: 'no data', object: { ...whole, data: {} } },
    {
      what: 'the index of another rule',
      object: store(ofConfigMap, buildKept({}, { rule: 'web' })),
    },
    {
      what: 'a path that leads away',
      object: store(ofConfigMap, buildKept({ '../../etc/passwd': '' })),
    },
    { what: 'an absolute path', object: store(ofConfigMap, buildKept({ '/etc/passwd': '' })) },
  ])('is not taken with $what', ({ object }) => {
    expect(judgeObject(object, ofConfigMap)).toEqual({ is: 'damaged' });
  });

  it('is not taken from others', () => {
    const other = { ...ofConfigMap, owner: { ...owner, kind: 'StatefulSet' } };
    expect(judgeObject(store(other, buildKept()), ofConfigMap)).toEqual({
      is: 'foreign',
      whose: 'StatefulSet/my-app/default',
    });
    expect(
      judgeObject({ ...whole, metadata: { ...whole.metadata, annotations: {} } }, ofConfigMap),
    ).toEqual({
      is: 'foreign',
      whose: undefined,
    });
  });

  it('is one of a workload that was deleted, where another one bears its name now', () => {
    const now = { ...ofConfigMap, owner: { ...owner, uid: 'uid-2' } };
    expect(judgeObject(whole, now)).toMatchObject({ is: 'kept', isOwned: false });
  });

  it('takes no more than the API takes, all values together', () => {
    const half = 'x'.repeat(524_000);
    store(ofConfigMap, buildKept({ a: half, b: half }, { hash: 'x' }));
    expect(() =>
      store(ofConfigMap, buildKept({ a: half, b: `${half}${'x'.repeat(1000)}` })),
    ).toThrow(TooMuchToKeep);
  });
});
