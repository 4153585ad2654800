import { DOUBLE_MOUNT, startDouble } from '../double.ts';
import type { Figure } from '../figure.ts';

const SWAPS = 10_000;
const SWAPS_QUICK = 300;

/** Timers are seen from within only: the same app in a process of ours, in the namespaces of the double. */
export const timers: Figure = {
  name: 'timers',
  needs: 'nothing',
  results: ['growth-timers'],
  async *measure({ quick }) {
    const swaps = quick ? SWAPS_QUICK : SWAPS;
    await using stack = new AsyncDisposableStack();
    const { run } = await startDouble(stack);
    const { before, after, reloads } = await run<Timers>('timers.ts', DOUBLE_MOUNT, String(swaps));
    const note = `${after} after them, ${reloads} reloads; outside of a pod`;
    yield { name: 'growth-timers', value: after - before, n: swaps, note };
  },
};

type Timers = { before: number; after: number; reloads: number };
