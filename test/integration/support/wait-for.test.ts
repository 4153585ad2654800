import { describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';

describe('waitFor', () => {
  it('returns what the probe found, after probes that found nothing or failed', async () => {
    const probes = [
      () => undefined,
      () => false as const,
      () => {
        throw new Error('too early');
      },
      () => Promise.resolve('found'),
    ];
    expect(await waitFor('the fact', () => probes.shift()?.())).toBe('found');
  });

  it('names the fact and the last error at the deadline', async () => {
    const cause = new Error('connection refused');
    const wait = waitFor('the server', () => Promise.reject(cause), { deadlineMs: 0 });
    await expect(wait).rejects.toThrow('timed out waiting for the server: connection refused');
    await expect(wait).rejects.toMatchObject({ cause });
  });

  it('cuts off a probe that never answers', async () => {
    const never = new Promise<undefined>(() => {});
    await expect(waitFor('an answer', () => never, { deadlineMs: 0 })).rejects.toThrow(
      /^timed out waiting for an answer$/,
    );
  });
});
