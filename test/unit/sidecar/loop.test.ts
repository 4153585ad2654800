import { describe, expect, it } from 'vitest';
import { createLoopScene, type LoopScene } from '../../support/loop-scene.ts';

/** Something has changed, and nothing more will follow. */
async function hint({ settler, clock, log }: LoopScene): Promise<string[]> {
  log.length = 0;
  settler.hint({ source: 'inotify', complete: true });
  await clock.advance(0);
  return [...log];
}

describe('the loop', () => {
  it('reads once, and asks the rules in their order', async () => {
    await using scene = createLoopScene(['web', 'api']);
    expect(await hint(scene)).toEqual(['read 1', 'ask web 1', 'ask api 1']);
    expect(scene.phases).toEqual(['begin', 'end']);
    await scene.clock.advance(3_600_000);
    expect(scene.phases).toEqual(['begin', 'end']);
  });

  it('reads anew for the rule after one that has made an attempt', async () => {
    await using scene = createLoopScene(['web', 'api', 'log']);
    scene.answer('web', { acted: false, attempted: true });
    expect(await hint(scene)).toEqual(['read 1', 'ask web 1', 'read 2', 'ask api 2', 'ask log 2']);
  });

  it('leaves a turn unfinished whose content has moved on, and looks again soon', async () => {
    await using scene = createLoopScene(['web', 'api']);
    scene.answer('web', { acted: false, attempted: true, movedOn: true, retryInMs: 60_000 });
    await hint(scene);
    expect(scene.phases).toEqual(['begin', 'unfinished']);
    scene.answer('web', { acted: true });
    await scene.clock.advance(250);
    expect(scene.log.at(-1)).toBe('ask api 3');
    expect(scene.phases).toEqual(['begin', 'unfinished', 'begin', 'end']);
  });

  it('asks no further rule once it is to end soon', async () => {
    await using scene = createLoopScene(['web', 'api']);
    scene.onAsk((rule) => {
      if (rule === 'web') scene.endSoon();
    });
    expect(await hint(scene)).toEqual(['read 1', 'ask web 1']);
  });

  it('looks again after two seconds where a mount cannot be read, until it can', async () => {
    await using scene = createLoopScene(['web']);
    scene.setUnread(true);
    await hint(scene);
    scene.log.length = 0;
    await scene.clock.advance(1999);
    expect(scene.log).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.log).toEqual(['read 2', 'ask web 2']);
    scene.setUnread(false);
    await scene.clock.advance(2000);
    expect(scene.log.at(-1)).toBe('ask web 3');
    await scene.clock.advance(3_600_000);
    expect(scene.log.at(-1)).toBe('ask web 3');
  });

  it('comes back for the earliest retry of all rules, and not for one that is out of date', async () => {
    await using scene = createLoopScene(['web', 'api']);
    scene.answer('web', { acted: false, retryInMs: 5000 });
    scene.answer('api', { acted: false, retryInMs: 800 });
    await hint(scene);
    scene.log.length = 0;
    await scene.clock.advance(799);
    expect(scene.log).toEqual([]);
    scene.answer('web', { acted: false });
    scene.answer('api', { acted: false, retryInMs: 10_000 });
    await scene.clock.advance(1);
    expect(scene.log).toEqual(['read 2', 'ask web 2', 'ask api 2']);
    // Whatever was planned is planned anew by each turn.
    scene.answer('api', { acted: false });
    await hint(scene);
    scene.log.length = 0;
    await scene.clock.advance(3_600_000);
    expect(scene.log).toEqual([]);
    expect(scene.clock.sleeping()).toBe(0);
  });

  it('keeps the least time between two reloads, and none where nobody was reloaded', async () => {
    await using scene = createLoopScene(['web'], 30_000);
    await hint(scene);
    expect(await hint(scene)).toEqual(['read 2', 'ask web 2']);
    scene.answer('web', { acted: true, attempted: true });
    await hint(scene);
    expect(await hint(scene)).toEqual([]);
    await scene.clock.advance(29_999);
    expect(scene.log).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.log).toEqual(['read 4', 'ask web 4']);
  });

  it('says that there is nothing to do where that is so for every rule', async () => {
    await using scene = createLoopScene(['web', 'api']);
    const said: string[] = [];
    const idle = (rule: string): void =>
      scene.answer(rule, { acted: false, sayIdle: () => said.push(rule) });
    idle('web');
    await hint(scene);
    expect(said).toEqual([]);
    idle('api');
    await hint(scene);
    expect(said).toEqual(['web', 'api']);
  });
});
