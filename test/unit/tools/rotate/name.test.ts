import { describe, expect, it } from 'vitest';
import type { Content } from '../../../../src/kubernetes/content.ts';
import { hashContent } from '../../../../src/kubernetes/hash-content.ts';
import { revisionName } from '../../../../src/tools/rotate/name.ts';
import { buildContent } from '../../../support/rotation-builder.ts';

const content = buildContent({ 'app.conf': 'one', 'b.conf': 'two' });

describe('the hash of a content', () => {
  it('is ten characters of an alphabet without words, and part of the contract', () => {
    expect(revisionName('app-config', content, undefined)).toBe('app-config-s5x72s68s4');
  });

  it('is the same in whatever order the keys come', () => {
    const turned = buildContent({ 'b.conf': 'two', 'app.conf': 'one' });
    expect(hashContent(turned, undefined)).toBe(hashContent(content, undefined));
  });

  it.each<{ what: string; other: Content }>([
    { what: 'a value', other: buildContent({ 'app.conf': 'one', 'b.conf': 'three' }) },
    { what: 'a key', other: buildContent({ 'app.conf': 'one', 'c.conf': 'two' }) },
    { what: 'a border', other: buildContent({ 'app.conf': 'oneb.conf', '': 'two' }) },
    { what: 'a key more', other: buildContent({ 'app.conf': 'one', 'b.conf': 'two', c: '' }) },
    { what: 'the type', other: { ...content, type: 'kubernetes.io/tls' } },
    {
      what: 'binaryData for data, which makes no variables',
      other: buildContent({ 'app.conf': 'one', 'b.conf': 'two' }, { binary: true }),
    },
  ])('is another one for $what', ({ other }) => {
    expect(hashContent(other, undefined)).not.toBe(hashContent(content, undefined));
  });

  it('of a Secret cannot be told without the salt', () => {
    const hashes = [undefined, 'salt', 'other salt'].map((salt) => hashContent(content, salt));
    expect(new Set(hashes).size).toBe(3);
    expect(hashContent(content, 'salt')).toBe(hashContent(content, 'salt'));
  });
});
