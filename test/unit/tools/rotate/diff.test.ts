import { describe, expect, it } from 'vitest';
import { diffContents } from '../../../../src/tools/rotate/diff.ts';
import { buildContent } from '../../../support/rotation-builder.ts';

describe('the difference of two contents', () => {
  it('of a ConfigMap is a unified diff for each key that differs', () => {
    const before = { name: 'old', content: buildContent({ a: '1\n2\n', gone: 'x\n', same: 's' }) };
    const after = { name: 'new', content: buildContent({ a: '1\n3\n', more: 'y\n', same: 's' }) };
    expect(diffContents(before, after).split('\n')).toEqual([
      '--- old/a',
      '+++ new/a',
      '@@ -1,2 +1,2 @@',
      ' 1',
      '-2',
      '+3',
      '--- old/gone',
      '+++ /dev/null',
      '@@ -1,1 +0,0 @@',
      '-x',
      '--- /dev/null',
      '+++ new/more',
      '@@ -0,0 +1,1 @@',
      '+y',
      '',
    ]);
  });

  it('of a Secret is names and sizes, and no content', () => {
    const kind = 'Secret';
    const before = { name: 'old', content: buildContent({ a: 'aaa', b: 'bbb', c: 'c' }, { kind }) };
    const after = { name: 'new', content: buildContent({ a: 'AAA', b: 'B', d: 'dd' }, { kind }) };
    expect(diffContents(before, after).split('\n')).toEqual([
      'a: changed, 3 bytes as before',
      'b: changed, 3 bytes → 1 bytes',
      'c: removed, 1 bytes',
      'd: added, 2 bytes',
      '',
    ]);
  });

  it('of binary values is their sizes', () => {
    const after = { name: 'new', content: buildContent({ a: 'aaa' }, { binary: true }) };
    expect(diffContents(undefined, after)).toBe('a: added, 3 bytes\n');
  });

  it('of equal contents is none', () => {
    const content = buildContent({ a: '1' });
    expect(diffContents({ name: 'old', content }, { name: 'new', content })).toBe(
      'no difference\n',
    );
  });
});
