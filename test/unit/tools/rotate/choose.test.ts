import { describe, expect, it } from 'vitest';
import { chooseOld, choosePrevious, type OldInput } from '../../../../src/tools/rotate/choose.ts';
import type { User } from '../../../../src/tools/rotate/users.ts';
import { buildMember } from '../../../support/rotation-builder.ts';

function user(by: User['by'], names: readonly string[], revision = 0): User {
  const ownerUid = by === 'revision' ? 'app' : undefined;
  return { by, what: by, revision, ownerUid, names: new Set(names) };
}

const members = [
  buildMember('a', { created: 1 }),
  buildMember('b', { created: 2 }),
  buildMember('c', { created: 3 }),
  buildMember('d', { created: 4 }),
];

describe('old revisions', () => {
  it.each<{ what: string; input: Partial<OldInput>; old: string[] }>([
    { what: 'all but the last used', input: {}, old: ['c', 'b', 'a'] },
    { what: 'none that is within those to keep', input: { keep: 4 }, old: [] },
    { what: 'those beyond the ones to keep', input: { keep: 3 }, old: ['a'] },
    {
      what: 'none that a template, a kept revision or a pod refers to',
      input: {
        users: [user('template', ['d']), user('revision', ['b'], 3), user('pod', ['a', 'x'])],
      },
      old: ['c'],
    },
    {
      what: 'none that was used after the one in use: another rotation has just made it',
      input: { current: 'b' },
      old: ['a'],
    },
    {
      what: 'those created early, if they were not used again late',
      input: {
        members: [buildMember('a', { created: 1, used: 9 }), ...members.slice(1)],
        current: 'a',
      },
      old: ['d', 'c', 'b'],
    },
    {
      what: 'a failed one, which does not count as kept either',
      input: {
        keep: 2,
        members: [...members.slice(0, 3), buildMember('d', { created: 4, failed: true })],
        current: 'c',
      },
      old: ['a'],
    },
    {
      what: 'a failed one that is older than the one in use, however many are kept',
      input: {
        keep: 10,
        members: [buildMember('a', { created: 1, failed: true }), ...members.slice(1)],
      },
      old: ['a'],
    },
    {
      what: 'none that is being deleted already',
      input: {
        members: [
          { ...buildMember('a'), deletionTimestamp: '2026-01-01T00:00:00Z' },
          ...members.slice(2),
        ],
      },
      old: ['c'],
    },
  ])('are $what', ({ input, old }) => {
    const whole = { members, users: [], keep: 1, current: 'd', ...input };
    expect(chooseOld(whole).map(({ name }) => name)).toEqual(old);
  });
});

describe('the revision before', () => {
  const common = { members, users: [], current: ['d'], base: undefined, workloadUid: 'app' };

  it.each<{ what: string; input: object; previous: string | undefined }>([
    {
      what: 'that of the rollout before, whenever it was made',
      input: { users: [user('revision', ['d'], 5), user('revision', ['a'], 4)] },
      previous: 'a',
    },
    {
      what: 'in the order of rollouts, not of their objects',
      input: { users: [user('revision', ['b'], 2), user('revision', ['a'], 10)] },
      previous: 'a',
    },
    {
      what: 'the object without a hash, if the first rotation began with it',
      input: { users: [user('revision', ['app-config'], 1)], base: 'app-config' },
      previous: 'app-config',
    },
    {
      what: 'none that is gone',
      input: { users: [user('revision', ['gone'], 3), user('revision', ['b'], 2)] },
      previous: 'b',
    },
    {
      what: 'none that has failed',
      input: {
        members: [buildMember('a'), buildMember('b', { failed: true })],
        users: [user('revision', ['b'], 3), user('revision', ['a'], 2)],
      },
      previous: 'a',
    },
    {
      what: 'none of another workload',
      input: { users: [{ ...user('revision', ['a'], 4), ownerUid: 'other' }] },
      previous: undefined,
    },
    {
      what: 'the last used of those made for it, where no history is kept',
      input: {
        members: [
          buildMember('a', { created: 1, owners: ['app'] }),
          buildMember('b', { created: 2, owners: ['app', 'other'] }),
          buildMember('c', { created: 3, owners: ['other'] }),
        ],
      },
      previous: 'b',
    },
  ])('is $what', ({ input, previous }) => {
    expect(choosePrevious({ ...common, ...input })).toBe(previous);
  });
});
