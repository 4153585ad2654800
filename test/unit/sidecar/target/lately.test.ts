import { describe, expect, it } from 'vitest';
import { createLately } from '../../../../src/sidecar/target/lately.ts';
import { createProcessTable } from '../../../../src/sidecar/target/processes.ts';
import { buildProcess } from '../../../support/process-builder.ts';
import { createProcTree } from '../../../support/proc-tree.ts';

describe('a look that is shared', () => {
  const found = [buildProcess({ pid: 30, container: 'app' })];

  it.each([
    { what: 'right after it', look: {}, ask: {}, afterMs: 0, shared: true },
    { what: 'within a second', look: {}, ask: {}, afterMs: 999, shared: true },
    { what: 'not later', look: {}, ask: {}, afterMs: 1000, shared: false },
    { what: 'not when others run', look: {}, ask: { pids: '1 31' }, afterMs: 0, shared: false },
    {
      what: 'when all was read, by who would do with less',
      look: {},
      ask: { workers: 'as-read-last' as const },
      afterMs: 0,
      shared: true,
    },
    {
      what: 'when less was read, by who would do with that',
      look: { workers: 'settled' as const },
      ask: { workers: 'settled' as const },
      afterMs: 0,
      shared: true,
    },
    {
      what: 'not by who is to have all, when less was read',
      look: { workers: 'as-read-last' as const },
      ask: {},
      afterMs: 0,
      shared: false,
    },
  ])('is taken over $what', ({ look, ask, afterMs, shared }) => {
    let nowMs = 0;
    const lately = createLately(() => nowMs);
    lately.keep({ pids: '1 30', workers: undefined, found, ...look });
    nowMs = afterMs;
    const { pids, workers } = { pids: '1 30', workers: undefined, ...ask };
    expect(lately.recall(pids, workers)).toBe(shared ? found : undefined);
  });

  it('is read anew for whoever is going to act', async () => {
    await using proc = await createProcTree();
    proc.write(30, { comm: 'before' });
    const table = createProcessTable(proc.root);
    table.list();
    proc.write(30, { comm: 'after' });
    expect(table.list({ when: 'lately' })).toMatchObject([{ comm: 'before' }]);
    expect(table.list()).toMatchObject([{ comm: 'after' }]);
    expect(table.list({ when: 'lately' })).toMatchObject([{ comm: 'after' }]);
  });

  it('has in it a process that came since', async () => {
    await using proc = await createProcTree();
    proc.write(30);
    const table = createProcessTable(proc.root);
    table.list();
    proc.write(31);
    expect(table.list({ when: 'lately' }).map(({ pid }) => pid)).toEqual([30, 31]);
  });
});
