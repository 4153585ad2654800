import { describe, expect, it } from 'vitest';
import { createEventBus, type Decision } from '../../../src/sidecar/events.ts';
import type { Hint, HintSource } from '../../../src/sidecar/watch/hint.ts';
import { createTrigger } from '../../../src/sidecar/trigger.ts';

function decide(outcome: Decision['outcome'], more: Partial<Decision> = {}): Decision {
  const common = { rule: 'default', action: 'signal', changes: new Map(), hash: '' } as const;
  return { ...common, targets: [], pending: false, outcome, ...more };
}

const ended = (...sources: HintSource[]): { sources: ReadonlySet<HintSource> } => ({
  sources: new Set(sources),
});

describe('a trigger', () => {
  it('forces a reload at once', () => {
    const hints: Hint[] = [];
    createTrigger(createEventBus(), (hint) => hints.push(hint)).force('signal');
    expect(hints).toEqual([{ source: 'signal', complete: true, force: true }]);
  });

  it('answers with what came of its own turn, not of one that was under way', async () => {
    const events = createEventBus();
    const trigger = createTrigger(events, () => {});
    const answer = trigger.run();
    events.emit('decided', decide('reloaded'));
    events.emit('turn-ended', ended('inotify'));
    events.emit('decided', decide('superseded'));
    events.emit('decided', decide('rejected', { reason: 'status 500', remedy: 'look' }));
    events.emit('turn-ended', ended('trigger', 'retry'));
    expect(await answer).toEqual([
      { rule: 'default', outcome: 'rejected', reason: 'status 500', remedy: 'look' },
    ]);
  });

  it('asks again for who asked when nothing was watched yet', () => {
    const events = createEventBus();
    const hints: Hint[] = [];
    const trigger = createTrigger(events, (hint) => hints.push(hint));
    events.emit('watching', { rules: [] });
    expect(hints).toEqual([]);
    void trigger.run();
    events.emit('watching', { rules: [] });
    expect(hints.map(({ source }) => source)).toEqual(['trigger', 'trigger']);
  });

  it('answers everybody who asked', async () => {
    const events = createEventBus();
    const trigger = createTrigger(events, () => {});
    const answers = Promise.all([trigger.run(), trigger.run()]);
    events.emit('decided', decide('reloaded'));
    events.emit('turn-ended', ended('trigger'));
    expect(await answers).toEqual([
      [{ rule: 'default', outcome: 'reloaded' }],
      [{ rule: 'default', outcome: 'reloaded' }],
    ]);
  });
});
