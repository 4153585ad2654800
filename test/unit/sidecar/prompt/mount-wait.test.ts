import { describe, expect, it } from 'vitest';
import {
  addChange,
  annotationValue,
  type Awaited,
  type MountWait,
} from '../../../../src/sidecar/prompt/mount-wait.ts';
import { planAsk } from '../../../../src/sidecar/prompt/schedule.ts';

const ask = planAsk(0, 0);
const NOW = Date.UTC(2026, 10, 22, 10, 0, 0, 123);

function change(name: string, resourceVersion: string, path = '/etc/app'): Awaited {
  const source = { kind: 'ConfigMap' as const, name };
  return { mount: { path }, source, resourceVersion, movedAtMs: 0 };
}

function waitsFor(...mounts: Awaited[][]): MountWait[] {
  return mounts.flatMap((changes) => {
    let wait: MountWait | undefined;
    for (const each of changes) wait = addChange(wait, { change: each, before: '', ask });
    return wait ?? [];
  });
}

describe('what is awaited at a mount', () => {
  it('is the latest change of each object, since the content that was there first', () => {
    const first = addChange(undefined, { change: change('a', '7'), before: 'old', ask });
    const second = addChange(first, { change: change('b', '8'), before: 'new', ask });
    const third = addChange(second, { change: change('a', '9'), before: 'new', ask });
    expect(third.before).toBe('old');
    expect([...third.changes].map(([key, { resourceVersion }]) => [key, resourceVersion])).toEqual([
      ['ConfigMap/a', '9'],
      ['ConfigMap/b', '8'],
    ]);
    expect(first.changes.size).toBe(1);
  });
});

describe('the value of the annotation', () => {
  it.each([
    [waitsFor([change('a', '7')]), '7 at 2026-11-22T10:00:00.123Z'],
    [waitsFor([change('a', '7'), change('b', '8')]), '7 and 1 more at 2026-11-22T10:00:00.123Z'],
    [
      // One object behind two mounts.
      waitsFor([change('a', '7')], [change('a', '7', '/etc/other')]),
      '7 at 2026-11-22T10:00:00.123Z',
    ],
  ])('has the new version, how many more, and when: %#', (all, value) => {
    expect(annotationValue(all, NOW)).toBe(value);
  });

  it('differs from that of a moment before', () => {
    const all = waitsFor([change('a', '7')]);
    expect(annotationValue(all, NOW)).not.toBe(annotationValue(all, NOW + 1));
  });
});
