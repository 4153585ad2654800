import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeline } from '../../../../scripts/fleet/events.ts';
import { formatBytes, formatCount, formatTime } from '../../../../scripts/fleet/format.ts';
import { createStorage } from '../../../../scripts/fleet/storage.ts';
import { renderMarkdown, renderText } from '../../../../scripts/fleet/table.ts';
import { createTimes } from '../../../../scripts/fleet/tally.ts';

describe('the timeline', () => {
  it('runs everything in the order of its time, and of the calls', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const timeline = createTimeline();
        const ran: { ms: number; index: number }[] = [];
        for (const [index, ms] of times.entries()) {
          timeline.at(ms, () => void ran.push({ ms: timeline.now(), index }));
        }
        timeline.run();

        const planned = times.map((ms, index) => ({ ms, index }));
        expect(ran).toEqual(planned.toSorted((one, other) => one.ms - other.ms));
      }),
    );
  });

  it('runs what is planned meanwhile, and nothing in the past', () => {
    const timeline = createTimeline();
    const ran: string[] = [];
    timeline.at(10, () => {
      timeline.at(5, () => void ran.push(`late at ${timeline.now()}`));
      timeline.at(20, () => void ran.push(`next at ${timeline.now()}`));
    });
    timeline.run();

    expect(ran).toEqual(['late at 10', 'next at 20']);
  });
});

describe('the storage', () => {
  it('tells how long one write waited, and how long there was always one', () => {
    const storage = createStorage(10);

    expect([0, 0, 0, 1000].map((ms) => storage.write(ms))).toEqual([100, 200, 300, 1100]);
    expect(storage.longestWaitMs()).toBe(200);
    expect(storage.longestBusyMs()).toBe(300);
    expect(storage.writes()).toBe(4);
  });
});

describe('times', () => {
  const times = createTimes();
  for (const ms of [900, 0, 1100, 4000]) times.note(ms);

  it('have a share that had happened', () => {
    expect([0.5, 0.75, 0.99, 1].map((share) => times.by(share))).toEqual([900, 1100, 4000, 4000]);
  });

  it('have a peak within any second, and a mean rate', () => {
    expect(times.peakPerSecond()).toBe(2);
    expect(times.meanPerSecond()).toBe(1);
    expect(times.mean()).toBe(1500);
  });

  it('are none where nothing happened', () => {
    const none = createTimes();

    expect([none.count(), none.by(1), none.peakPerSecond(), none.mean()]).toEqual([0, 0, 0, 0]);
  });
});

describe('figures', () => {
  it.each([
    [formatCount(1234567), '1 234 567'],
    [formatCount(999), '999'],
    [formatTime(99), '99 ms'],
    [formatTime(99.9), '0.1 s'],
    [formatTime(9949), '9.9 s'],
    [formatTime(61_400), '61 s'],
    [formatBytes(627), '627 B'],
    [formatBytes(6270), '6.3 kB'],
    [formatBytes(999_600), '1.0 MB'],
    [formatBytes(9e9), '9.0 GB'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('a table', () => {
  const table = {
    columns: ['pods', 'strategy'],
    rows: [
      ['10', 'kubelet'],
      ['100 000', 'auto'],
    ],
  };

  it('has numbers to the right on a terminal', () => {
    expect(renderText(table)).toBe(
      ['   pods  strategy', '     10  kubelet', '100 000  auto'].join('\n'),
    );
  });

  it('is Markdown for a page', () => {
    expect(renderMarkdown(table)).toBe(
      '| pods | strategy |\n| --- | --- |\n| 10 | kubelet |\n| 100 000 | auto |',
    );
  });
});
