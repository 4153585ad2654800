import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTempDir } from '../../support/temp-dir.ts';
import { normaliseWatchEvents, recordWatchEvents } from '../../support/watch-recorder.ts';

describe('normalised watch events', () => {
  it('number the timestamped directories by their first appearance', () => {
    const raw = [
      { event: 'rename', name: '..2026_01_02_03_04_06.77' },
      { event: 'rename', name: '..data' },
      { event: 'rename', name: '..2026_01_02_03_04_05.4000000000' },
      { event: 'change', name: '..2026_01_02_03_04_06.77' },
    ];
    expect(normaliseWatchEvents(raw)).toEqual([
      ['rename', 'TS1'],
      ['rename', '..data'],
      ['rename', 'TS2'],
      ['change', 'TS1'],
    ]);
  });

  it('leave names alone that only look similar, and name an absent name by nothing', () => {
    const names = ['..2026_01_02.7', '..2026_01_02_03_04_05.x', '..data_tmp', null];
    const events = normaliseWatchEvents(names.map((name) => ({ event: 'rename', name })));
    expect(events.map(([, name]) => name)).toEqual([...names.slice(0, 3), '']);
  });

  it('join equal neighbours, which the kernel may have merged or not', () => {
    const raw = ['a', 'a', 'b', 'a'].map((name) => ({ event: 'change', name }));
    expect(normaliseWatchEvents(raw).map(([, name]) => name)).toEqual(['a', 'b', 'a']);
  });
});

describe('a watch recorder', () => {
  it('records what happens after it was made', async () => {
    await using dir = await createTempDir();
    using recorder = recordWatchEvents(dir.path);
    expect(recorder.events).toEqual([]);
    writeFileSync(join(dir.path, 'file'), '');
    rmSync(join(dir.path, 'file'));
    writeFileSync(join(dir.path, 'end'), '');
    const events = await recorder.until((seen) => seen.at(-1)?.[1] === 'end');
    expect(events[0]).toEqual(['rename', 'file']);
    expect(recorder.events).toEqual(events);
  });

  it('tells what it saw when it waits in vain', async () => {
    await using dir = await createTempDir();
    using recorder = recordWatchEvents(dir.path);
    writeFileSync(join(dir.path, 'file'), '');
    await recorder.until(({ length }) => length > 0);
    await expect(recorder.until(() => false, { deadlineMs: 0 })).rejects.toThrow(
      /^timed out waiting for watch events: recorded so far: \[\["rename","file"\]/,
    );
  });
});
