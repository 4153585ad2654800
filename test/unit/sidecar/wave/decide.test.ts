import { describe, expect, it } from 'vitest';
import { decide, type Situation } from '../../../../src/sidecar/wave/decide.ts';
import type { Current, RuleWave } from '../../../../src/sidecar/wave/record.ts';

function buildWave(now: Partial<Current>, past: RuleWave['past'] = []): RuleWave {
  const first: Current = { hash: 'a', state: 'trying', open: 0, by: 'other', at: '', tries: [] };
  return { now: { ...first, ...now }, past };
}

function see(wave: RuleWave | undefined, more: Partial<Situation> = {}): ReturnType<typeof decide> {
  return decide({
    me: 'me',
    rule: 'default',
    hash: 'a',
    fraction: 0.5,
    holder: wave?.now.by ?? '',
    waves: new Map(wave && [['default', wave]]),
    isExpired: false,
    passes: false,
    at: '2026-11-22T10:00:00Z',
    ...more,
  });
}

describe('a pod with new content', () => {
  it('takes it first where nobody has', () => {
    const next = { now: { hash: 'a', state: 'trying', open: 0, by: 'me', tries: ['me'] } };
    expect(see(undefined)).toMatchObject({ do: 'take', next });
  });

  it('waits for the pod that has taken it', () => {
    expect(see(buildWave({}))).toMatchObject({ do: 'wait', why: 'first', by: 'other' });
  });

  it('goes on with what it has taken itself', () => {
    expect(see(buildWave({ by: 'me' }))).toEqual({ do: 'go', as: 'lead' });
  });

  it('takes over from a pod that is not heard of', () => {
    const step = see(buildWave({ tries: ['other'] }), { isExpired: true });
    expect(step).toMatchObject({ do: 'take', next: { now: { tries: ['other', 'me'] } } });
  });

  it('takes over what was handed back', () => {
    expect(see(buildWave({}), { holder: '' })).toMatchObject({ do: 'take' });
  });

  it('takes over from a holder that has nothing to do with this content', () => {
    expect(see(buildWave({ by: 'gone' }), { holder: 'another' })).toMatchObject({ do: 'take' });
  });

  it('leaves it to others where it could not act a moment ago', () => {
    expect(see(undefined, { passes: true })).toMatchObject({ do: 'wait', why: 'passed' });
  });

  it('rejects what three pods have taken, and none has come back from', () => {
    const step = see(buildWave({ tries: ['x', 'y', 'other'] }), { isExpired: true });
    expect(step).toMatchObject({ do: 'reject', next: { now: { state: 'bad', by: 'other' } } });
  });

  it.each([
    { open: 0.4, step: { do: 'wait', why: 'stage', open: 0.4 } },
    { open: 0.6, step: { do: 'go', as: 'one' } },
    { open: 1, step: { do: 'go', as: 'one' } },
  ])('in the middle of all pods, where $open of them may have it', ({ open, step }) => {
    expect(see(buildWave({ state: 'good', open }))).toMatchObject(step);
  });

  it('goes on with the parts of a pod that is not heard of', () => {
    const step = see(buildWave({ state: 'good', open: 0.1 }), { isExpired: true });
    expect(step).toMatchObject({
      do: 'take',
      next: { now: { state: 'good', open: 0.1, by: 'me' } },
    });
  });

  it('holds what is bad, and not what it has rejected itself', () => {
    expect(see(buildWave({ state: 'bad' }))).toMatchObject({
      do: 'hold',
      verdict: { by: 'other' },
    });
    expect(see(buildWave({ state: 'bad', by: 'me' }))).toEqual({ do: 'go', as: 'rejecter' });
  });

  it('waits while other content is tried', () => {
    expect(see(buildWave({ hash: 'b' }))).toMatchObject({ do: 'wait', why: 'other' });
  });

  it('supersedes what it tries itself', () => {
    expect(see(buildWave({ hash: 'b', by: 'me' }))).toMatchObject({ do: 'take' });
  });

  it.each([
    ['good', 'go'],
    ['bad', 'hold'],
  ] as const)('knows that it was %s before', (state, step) => {
    const past = [{ hash: 'a', state, by: 'other', at: '' }];
    expect(see(buildWave({ hash: 'b' }, past))).toMatchObject({ do: step });
  });

  it('waits for the holder of the Lease, whatever rule it holds it for', () => {
    const other = buildWave({ hash: 'z' });
    const waves = new Map([['another', other]]);
    expect(see(undefined, { holder: 'other', waves })).toMatchObject({ do: 'wait', why: 'other' });
  });
});
