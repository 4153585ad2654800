import { describe, expect, it } from 'vitest';
import { createMemory, type Memory, type Remembered } from '../../../../src/sidecar/rule/memory.ts';
import type { Process } from '../../../../src/sidecar/target/processes.ts';
import {
  buildApp,
  createRuleScene,
  createSettledScene,
  fail,
  MOUNT,
  type RuleScene,
} from '../../../support/rule-scene.ts';

/** The content goes and comes back, and nobody looks in between; an app starts at one of three times. */
async function goAndComeBack(scene: RuleScene, startsApp?: 'before' | 'away' | 'after') {
  const start = async (when: typeof startsApp): Promise<void> => {
    await scene.clock.advance(100);
    if (startsApp === when) scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.clock.advance(100);
  };
  await start('before');
  await scene.clock.advance(60_000);
  scene.write({ 'a.conf': '2' });
  await start('away');
  scene.write({ 'a.conf': '1' });
  await start('after');
}

/** A first run, then what happens without rehup, then the start of a second one. */
async function runTwice(
  between: 'away' | 'before' | undefined,
  edit: (all: Remembered) => Remembered = (all) => all,
): Promise<string[]> {
  const saved: Remembered[] = [];
  const save = (all: Remembered): void => void saved.push(structuredClone(all));
  const watched = [{ path: MOUNT, volume: undefined }];
  const first = await createSettledScene({ watched, memory: createMemory({}, save) });
  first.write({ 'a.conf': '1', 'b.conf': '1' });
  await first.look();
  const app = first.performed[0]?.targets[0] as Process;

  const memory: Memory = createMemory(edit(saved.at(-1) ?? {}));
  const second = createRuleScene({ watched, memory });
  await second.clock.advance(app.startedMs - second.clock.uptime() + 120_000);
  second.setTargets(between === undefined ? app : buildApp(second.clock.uptime(), 31));
  await second.clock.advance(100);
  second.write({ 'a.conf': '1', 'b.conf': '1' });
  await second.clock.advance(60_000);
  if (between === 'before') second.setTargets(buildApp(second.clock.uptime(), 31));
  second.begin();
  await second.look('start');
  return second.outcomes();
}

/** As an earlier version wrote it. */
function withoutTargets(all: Remembered): Remembered {
  return Object.fromEntries(
    Object.entries(all).map(([rule, one]) => [rule, { ...one, targets: undefined }]),
  );
}

/** What is remembered after content came back that the app did not miss. */
async function rememberComeback(dryRun: boolean): Promise<unknown> {
  const saved: Remembered[] = [];
  const memory = createMemory({}, (all) => saved.push(structuredClone(all)));
  const scene = await createSettledScene({ memory, dryRun });
  const before = saved.length;
  await goAndComeBack(scene, 'before');
  await scene.look();
  return saved.slice(before).at(-1)?.['default']?.targets;
}

describe('content that went and came back unseen', () => {
  it.each([
    { startsApp: 'before', outcome: 'unchanged' },
    { startsApp: 'away', outcome: 'reloaded' },
    { startsApp: 'after', outcome: 'unchanged' },
    { startsApp: undefined, outcome: 'unchanged' },
  ] as const)('is $outcome for an app that started $startsApp', async ({ startsApp, outcome }) => {
    const scene = await createSettledScene();
    await goAndComeBack(scene, startsApp);
    await scene.look();
    expect(scene.outcomes()).toEqual([outcome]);
    await scene.look('poll');
    expect(scene.outcomes()).toEqual([outcome, 'unchanged']);
  });

  it.each([
    { what: 'before it went', laterMs: 5000, outcome: 'unchanged' },
    { what: 'when it went', laterMs: 0, outcome: 'reloaded' },
  ])('is $outcome for an app that was reloaded with it $what', async ({ laterMs, outcome }) => {
    const scene = await createSettledScene();
    scene.setTargets(buildApp(scene.clock.uptime()));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    await scene.clock.advance(laterMs);
    scene.write({ 'a.conf': '3' });
    await scene.clock.advance(50);
    scene.write({ 'a.conf': '2' });
    await scene.clock.advance(50);
    await scene.look();
    expect(scene.outcomes()).toEqual(['reloaded', outcome]);
  });

  it.each([
    { ageMs: 5000, outcome: 'reloaded' },
    { ageMs: 60_000, outcome: 'unchanged' },
  ])(
    'is $outcome for an app of $ageMs ms, which may be slow to read',
    async ({ ageMs, outcome }) => {
      const scene = await createSettledScene();
      scene.setTargets(buildApp(scene.clock.uptime(), 31));
      await scene.look('trigger');
      await scene.clock.advance(ageMs);
      scene.write({ 'a.conf': '2' });
      await scene.clock.advance(100);
      scene.write({ 'a.conf': '1' });
      await scene.look();
      expect(scene.outcomes().slice(1)).toEqual([outcome]);
    },
  );

  it('was away since the mount could not be read, if it could not', async () => {
    const scene = await createSettledScene();
    await scene.look('poll');
    scene.lose(MOUNT);
    await scene.look();
    await scene.clock.advance(60_000);
    scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.clock.advance(60_000);
    scene.write({ 'a.conf': '1' });
    await scene.clock.advance(60_000);
    await scene.look('retry');
    expect(scene.outcomes()).toEqual(['unchanged', 'unchanged', 'reloaded']);
  });

  it('is tried again until the app has it', async () => {
    const scene = await createSettledScene();
    await goAndComeBack(scene, 'away');
    scene.failNext(fail('rejected'));
    await scene.look();
    await scene.clock.advance(1000);
    await scene.look('retry');
    expect(scene.outcomes()).toEqual(['rejected', 'reloaded']);
  });

  it('cannot have been away before the first hint: who started earlier has it', async () => {
    const scene = await createSettledScene({ hintWithinMs: 1000 });
    await scene.clock.advance(60_000);
    scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.clock.advance(60_000);
    scene.write({ 'a.conf': '1' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['unchanged']);
  });
});

describe('content that went and came back while rehup was not running', () => {
  it.each([
    { title: 'is not reloaded into an app that had it', between: undefined, outcomes: [] },
    {
      title: 'is reloaded into an app that started meanwhile',
      between: 'away',
      outcomes: ['reloaded'],
    },
    { title: 'is not reloaded into an app that started since', between: 'before', outcomes: [] },
  ] as const)('$title', async ({ between, outcomes }) => {
    expect(await runTwice(between)).toEqual(outcomes);
  });

  it('is believed to be had where an earlier version did not write down by whom', async () => {
    expect(await runTwice('away', withoutTargets)).toEqual([]);
  });
});

describe('a mount that cannot be read at the start', () => {
  it('tells nothing of an app that was not there when it was read last', async () => {
    const watched = [MOUNT, '/etc/tls'].map((path) => ({ path, volume: undefined }));
    const saved: Remembered[] = [];
    const save = (all: Remembered): void => void saved.push(structuredClone(all));
    const first = createRuleScene({ watched, memory: createMemory({}, save) });
    first.write({ 'a.conf': '1' });
    first.write({ 'tls.key': '1' }, '/etc/tls');
    first.begin();
    await first.look('start');
    const before = saved.at(-1);

    const second = createRuleScene({ watched, memory: createMemory(before, save) });
    second.write({ 'a.conf': '1' });
    await second.clock.advance(1000);
    second.setTargets(buildApp(second.clock.uptime(), 31));
    second.begin();
    await second.look('start');
    expect(saved.at(-1)).toEqual(before);
    second.write({ 'tls.key': '1' }, '/etc/tls');
    await second.look();
    expect(second.outcomes().at(-1)).toBe('reloaded');
  });
});

describe('content that came back after an attempt with other content', () => {
  it.each([
    { ageMs: 5000, outcome: 'reloaded' },
    { ageMs: 60_000, outcome: 'already-current' },
  ])('is $outcome for an app that was $ageMs ms old, and not acted on', async (row) => {
    const scene = await createSettledScene();
    scene.write({ 'a.conf': '2' });
    await scene.clock.advance(100);
    scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.look();
    await scene.clock.advance(row.ageMs);
    scene.setObstacle(fail('no-handler'));
    scene.write({ 'a.conf': '3' });
    await scene.look();
    scene.setObstacle(undefined);
    scene.write({ 'a.conf': '2' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['already-current', 'no-handler', 'superseded', row.outcome]);
  });
});

describe('who has the content', () => {
  it('is remembered, so that a later start need not doubt it', async () => {
    expect(await rememberComeback(false)).toEqual([expect.stringMatching(/^31@\d+$/)]);
  });

  it('is not remembered by a dry run', async () => {
    expect(await rememberComeback(true)).toBeUndefined();
  });
});

describe('what was remembered of a target', () => {
  it.each([
    ['stood still', 0],
    ['was set forward', 3_600_000],
    ['was set back', -3_600_000],
  ])(
    'is not overruled by its start time: it gets content that came while rehup was down, though the clock %s',
    async (_, steppedMs) => {
      const saved: Remembered[] = [];
      const save = (all: Remembered): void => void saved.push(structuredClone(all));
      const watched = [{ path: MOUNT, volume: undefined }];
      const first = await createSettledScene({ watched, memory: createMemory({}, save) });
      first.write({ 'a.conf': '2' });
      await first.look();
      const app = first.performed[0]?.targets[0] as Process;

      const second = createRuleScene({ watched, memory: createMemory(saved.at(-1) ?? {}) });
      await second.clock.advance(app.startedMs - second.clock.uptime() + 120_000);
      second.setTargets(app);
      second.write({ 'a.conf': '3' });
      second.clock.stepWallClock(steppedMs);
      await second.clock.advance(60_000);
      second.begin();
      await second.look('start');
      expect(second.outcomes()).toEqual(['reloaded']);
    },
  );
});
