import { describe, expect, it } from 'vitest';
import { readContent } from '../../../../src/kubernetes/content.ts';
import { baseOf, labelValue } from '../../../../src/tools/rotate/family.ts';
import { addOwner, buildRevision } from '../../../../src/tools/rotate/revision.ts';
import { buildContent, buildMember, buildOwner } from '../../../support/rotation-builder.ts';

const owners = [buildOwner('app')];

describe('a revision', () => {
  it('carries labels and annotations over, but for those that say who keeps the original', () => {
    const { metadata, immutable } = buildRevision({
      family: { kind: 'ConfigMap', base: 'app-config' },
      draft: {
        content: buildContent({ key: 'one' }),
        labels: { team: 'web', 'applyset.kubernetes.io/part-of': 'x', 'rehup.dev/rotates': 'y' },
        annotations: {
          note: 'hello',
          'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"key":"one"}}',
          'argocd.argoproj.io/tracking-id': 'app:/ConfigMap:web/app-config',
          'rehup.dev/failed-at': 'long ago',
        },
      },
      name: 'app-config-x',
      salt: undefined,
      owners,
    });
    expect(immutable).toBe(true);
    expect(metadata).toEqual({
      name: 'app-config-x',
      labels: { team: 'web', 'rehup.dev/rotates': 'app-config' },
      annotations: { note: 'hello', 'rehup.dev/rotates': 'app-config' },
      ownerReferences: owners,
    });
  });

  it('holds the content as it was, binary values too', () => {
    const values = new Map([
      ['text', { bytes: Buffer.from('grüße\n'), binary: false }],
      ['bytes', { bytes: Buffer.from([0, 255, 254]), binary: true }],
    ]);
    const content = { kind: 'ConfigMap' as const, type: '', values };
    const draft = { content, labels: {}, annotations: {} };
    const family = { kind: 'ConfigMap' as const, base: 'app-config' };
    const object = buildRevision({ family, draft, name: 'x', salt: undefined, owners });
    expect(object['data']).toEqual({ text: 'grüße\n' });
    expect(object['binaryData']).toEqual({ bytes: 'AP/+' });
    expect(readContent('ConfigMap', object as never)).toEqual(content);
  });

  it('of a Secret has its type, and the salt', () => {
    const content = { ...buildContent({ a: 'b' }, { kind: 'Secret' }), type: 'kubernetes.io/tls' };
    const draft = { content, labels: {}, annotations: {} };
    const family = { kind: 'Secret' as const, base: 'db' };
    const object = buildRevision({ family, draft, name: 'x', salt: 'salt', owners });
    expect(object).toMatchObject({
      type: 'kubernetes.io/tls',
      data: { a: 'Yg==' },
      metadata: { annotations: { 'rehup.dev/salt': 'salt' } },
    });
  });

  it('has each owner once, by uid: a name may be used again', () => {
    const dead = buildOwner('app of old');
    expect(addOwner([dead, ...owners], buildOwner('app'))).toEqual([dead, buildOwner('app')]);
    expect(addOwner(undefined, buildOwner('app'))).toEqual(owners);
  });
});

describe('a family', () => {
  it('is known by label and annotation together', () => {
    const member = buildMember('app-config-x');
    expect(baseOf(member)).toBe('app-config');
    expect(baseOf({ ...member, labels: {} })).toBeUndefined();
    expect(baseOf({ ...member, annotations: {} })).toBeUndefined();
    expect(baseOf({ ...member, labels: { 'rehup.dev/rotates': 'other' } })).toBeUndefined();
  });

  it('with a name too long for a label has one of its own all the same', () => {
    const [one, other] = ['one', 'other'].map((end) => labelValue(`${'a'.repeat(100)}-${end}`));
    expect(one).toMatch(/^a{52}-[0-9a-f]{10}$/);
    expect(one).not.toBe(other);
    expect(labelValue('a'.repeat(63))).toBe('a'.repeat(63));
  });
});
