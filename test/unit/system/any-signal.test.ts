import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { withAnySignal } from '../../../src/system/any-signal.ts';

async function reasonOf(signal: AbortSignal): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve());
  await promise;
  return signal.reason;
}

describe('work with several signals', () => {
  it('is aborted by each of them, with its reason', async () => {
    for (const index of [0, 1]) {
      const sources = [new AbortController(), new AbortController()];
      const signals = sources.map(({ signal }) => signal);
      const reason = withAnySignal(signals, reasonOf);
      sources[index]?.abort(`source ${index}`);
      expect(await reason).toBe(`source ${index}`);
    }
  });

  it('is aborted from the start where one was before', async () => {
    const signals = [new AbortController().signal, AbortSignal.abort('before')];
    expect(await withAnySignal(signals, async ({ aborted }) => aborted)).toBe(true);
    expect(await withAnySignal(signals, reasonOf)).toBe('before');
  });

  it.each([
    ['has succeeded', async () => {}],
    ['has failed', async () => await Promise.reject(new Error('failed'))],
  ])('leaves nothing at its sources when it %s', async (_, work) => {
    const { signal } = new AbortController();
    await withAnySignal([signal], work).catch(() => {});
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
