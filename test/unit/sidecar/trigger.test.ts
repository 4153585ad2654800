import { describe, expect, it } from 'vitest';
import { createEventBus, type Decision, type EventBus } from '../../../src/sidecar/events.ts';
import type { Hint, HintSource } from '../../../src/sidecar/watch/hint.ts';
import { createTrigger } from '../../../src/sidecar/trigger.ts';

function decide(outcome: Decision['outcome'], more: Partial<Decision> = {}): Decision {
  const common = { rule: 'default', action: 'signal', changes: new Map(), hash: '' } as const;
  return { ...common, targets: [], pending: false, outcome, ...more };
}

/** A turn of the loop, with what is decided in it. */
function begin(events: EventBus, ...sources: HintSource[]): (...made: Decision[]) => void {
  const turn = { sources: new Set(sources), isUnfinished: false };
  events.emit('turn-began', turn);
  return (...made) => {
    for (const decision of made) events.emit('decided', decision);
    events.emit('turn-ended', turn);
  };
}

describe('a trigger', () => {
  it('forces a reload at once', () => {
    const hints: Hint[] = [];
    createTrigger(createEventBus(), (hint) => hints.push(hint)).force('signal');
    expect(hints).toEqual([{ source: 'signal', complete: true, force: true }]);
  });

  it('answers with what came of its own turn, not of one that was under way', async () => {
    const events = createEventBus();
    const trigger = createTrigger(events, () => {});
    const endEarlier = begin(events, 'inotify');
    const answer = trigger.run();
    endEarlier(decide('reloaded'));
    const end = begin(events, 'trigger', 'retry');
    end(decide('superseded'), decide('rejected', { reason: 'status 500', remedy: 'look' }));
    expect(await answer).toEqual([
      { rule: 'default', outcome: 'rejected', reason: 'status 500', remedy: 'look' },
    ]);
  });

  it('answers who asks during a turn that was asked for with what comes of the next one', async () => {
    const events = createEventBus();
    const trigger = createTrigger(events, () => {});
    const first = trigger.run();
    const end = begin(events, 'trigger');
    const second = trigger.run();
    end(decide('reloaded'));
    expect(await first).toEqual([{ rule: 'default', outcome: 'reloaded' }]);
    begin(events, 'trigger')(decide('unreachable'));
    expect(await second).toEqual([{ rule: 'default', outcome: 'unreachable' }]);
  });

  it('answers with what came of the turn after one that was left unfinished', async () => {
    const events = createEventBus();
    const hints: Hint[] = [];
    const trigger = createTrigger(events, (hint) => hints.push(hint));
    const answer = trigger.run();
    const sources = new Set<HintSource>(['trigger']);
    events.emit('turn-began', { sources });
    events.emit('turn-ended', { sources, isUnfinished: true });
    expect(hints).toHaveLength(2);
    expect(hints[1]).toEqual({ source: 'trigger', complete: true, force: true });
    begin(events, 'trigger')(decide('reloaded'));
    expect(await answer).toEqual([{ rule: 'default', outcome: 'reloaded' }]);
  });

  it('asks again for who asked when nothing was watched yet', () => {
    const events = createEventBus();
    const hints: Hint[] = [];
    const trigger = createTrigger(events, (hint) => hints.push(hint));
    events.emit('watching', { rules: [] });
    expect(hints).toEqual([]);
    void trigger.run();
    trigger.force('signal');
    events.emit('watching', { rules: [] });
    const sources = ['trigger', 'signal', 'trigger', 'signal'];
    expect(hints.map(({ source }) => source)).toEqual(sources);
  });

  it('asks again for who asked in a turn that a new configuration cut short', async () => {
    const events = createEventBus();
    const hints: Hint[] = [];
    const trigger = createTrigger(events, (hint) => hints.push(hint));
    const answer = trigger.run();
    trigger.force('signal');
    begin(events, 'trigger', 'signal');
    events.emit('watching', { rules: [] });
    expect(hints).toHaveLength(4);
    begin(events, 'start', 'trigger', 'signal')(decide('reloaded'));
    expect(await answer).toEqual([{ rule: 'default', outcome: 'reloaded' }]);
    events.emit('watching', { rules: [] });
    expect(hints).toHaveLength(4);
  });

  it('says why it cannot begin at once, where it cannot', () => {
    const events = createEventBus();
    const said: string[] = [];
    events.on('trigger-waits', ({ reason }) => said.push(reason));
    let reason: string | undefined;
    const trigger = createTrigger(
      events,
      () => (reason = 'an earlier reload is under way'),
      () => reason,
    );
    trigger.force('signal');
    expect(said).toEqual(['an earlier reload is under way']);
  });

  it('answers everybody who asked', async () => {
    const events = createEventBus();
    const trigger = createTrigger(events, () => {});
    const answers = Promise.all([trigger.run(), trigger.run()]);
    begin(events, 'trigger')(decide('reloaded'));
    expect(await answers).toEqual([
      [{ rule: 'default', outcome: 'reloaded' }],
      [{ rule: 'default', outcome: 'reloaded' }],
    ]);
  });
});
