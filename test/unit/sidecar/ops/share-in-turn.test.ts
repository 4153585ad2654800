import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { shareInTurn } from '../../../../src/sidecar/ops/share-in-turn.ts';

describe('what is asked for in one turn of the event loop', () => {
  it('is made once, and anew for the next turn', async () => {
    let made = 0;
    const ask = shareInTurn(() => (made += 1));
    expect([ask(), ask(), await Promise.resolve().then(ask)]).toEqual([1, 1, 1]);
    await nextTurn();
    expect(ask()).toBe(2);
  });
});
