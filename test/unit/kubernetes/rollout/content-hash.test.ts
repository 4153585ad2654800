import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashContent } from '../../../../src/kubernetes/rollout/content-hash.ts';

const metadata = { name: 'app', uid: 'u-1', resourceVersion: '7' };
const configMap = { kind: 'ConfigMap', name: 'app' } as const;
const secret = { kind: 'Secret', name: 'app' } as const;

describe('the hash of an object', () => {
  it('is that of its content alone', () => {
    const one = { metadata, data: { a: '1', b: '2' } };
    const touched = {
      metadata: { ...metadata, uid: 'u-2', resourceVersion: '8', labels: { team: 'web' } },
      data: { b: '2', a: '1' },
    };
    expect(hashContent(configMap, touched)).toBe(hashContent(configMap, one));
  });

  it.each([
    { what: 'a value', data: { a: '1', b: '3' } },
    { what: 'the name of a key', data: { a: '1', c: '2' } },
    { what: 'where one value ends', data: { a: '1b', b: '' } },
    { what: 'a key that is gone', data: { a: '1' } },
    { what: 'no content at all', data: {} },
  ])('differs by $what', ({ data }) => {
    const before = hashContent(configMap, { metadata, data: { a: '1', b: '2' } });
    expect(hashContent(configMap, { metadata, data })).not.toBe(before);
  });

  it('is the same for text and for the same bytes in binaryData', () => {
    const binaryData = { a: Buffer.from('1').toString('base64') };
    expect(hashContent(configMap, { metadata, binaryData })).toBe(
      hashContent(configMap, { metadata, data: { a: '1' } }),
    );
  });

  it('of a Secret cannot be had from its content alone', () => {
    const data = { password: Buffer.from('1234').toString('base64') };
    const shown = hashContent(secret, { metadata, data });
    const guess = createHash('sha256')
      .update('password\0')
      .update('4\0')
      .update('1234')
      .digest('hex');
    expect(hashContent(configMap, { metadata, data: { password: '1234' } })).toBe(guess);
    expect(shown).not.toBe(guess);
    const other = { metadata: { ...metadata, uid: 'u-2' }, data };
    expect(hashContent(secret, other)).not.toBe(shown);
  });
});
