import { createRandom } from '../../src/tools/simulate/kubelet/random.ts';
import { waitFor } from '../support/wait-for.ts';
import { withoutInotify } from './faults.ts';
import { countUntold } from './judge.ts';
import { type Last, playSteps, SETTLE_WITHIN_MS } from './play-steps.ts';
import { BROKEN_RULES, rulesFile } from './rules.ts';
import type { ChaosScene } from './scene.ts';
import type { Action, Moment, Schedule } from './schedule.ts';
import type { ChaosVolume, Content } from './volumes.ts';

/** Of the rules that follow broken ones. */
const SETTLE_MS = 20;

/** Lets the steps of one schedule happen, and waits until nothing is left to do. */
export async function play(scene: ChaosScene, schedule: Schedule): Promise<void> {
  const { act, settle } = createPlayer(scene, schedule);
  await playSteps<Action>(schedule.steps, { act, end: settle });
}

interface Player {
  readonly act: (action: Action, last: Last) => Promise<void>;
  readonly settle: () => Promise<void>;
}

function createPlayer(scene: ChaosScene, { seed, rehupFirst }: Schedule): Player {
  const { volumes, app, rehup, disk, clock, api, urls } = scene;
  const { uint32 } = createRandom(~seed);
  const all = [...new Set([volumes.config, volumes.secret])];
  const value = (): string => `v${seed}-${uint32() % 1_000_000}`;

  const write = async (volume: ChaosVolume, content: Content, options = {}): Promise<void> => {
    if (volume === volumes.config) api?.put(content);
    await volume.write(content, options);
  };
  const changed = (volume: ChaosVolume): Content => {
    const [first = 'app.conf'] = Object.keys(volume.desired());
    return { ...volume.desired(), [first]: value() };
  };
  /** Invalid content does not come back: it is there until its own end, and no longer. */
  const earlier = (volume: ChaosVolume): Content => {
    const content = volume.previous();
    const isInvalid = Object.values(content).some((text) => text.startsWith('invalid-'));
    return isInvalid ? changed(volume) : content;
  };
  const withKey = (volume: ChaosVolume): Content => ({
    ...volume.desired(),
    [`key-${uint32() % 5}`]: value(),
  });
  /** The first one stays. */
  const withoutKey = (volume: ChaosVolume): Content => {
    const [first, ...rest] = Object.entries(volume.desired());
    const removed = uint32() % Math.max(1, rest.length);
    return Object.fromEntries([first ?? [], ...rest.filter((_, index) => index !== removed)]);
  };

  const replaceContainers = async (): Promise<void> => {
    const steps = [
      async (): Promise<void> => {
        await rehup.kill();
        await rehup.start();
      },
      async (): Promise<void> => await app.restart('now'),
    ];
    for (const step of rehupFirst ? steps : steps.toReversed()) await step();
    for (const volume of all) volume.backInSight();
  };

  const settle = async (): Promise<void> => {
    for (const volume of all) {
      await volume.release();
      await volume.sync();
    }
    await rehup.start();
    if (all.some((volume) => volume.isOutOfSight())) await replaceContainers();
    let asked = false;
    await waitFor(
      'the app to have what is mounted',
      async () => {
        if (await rehup.heedTarget()) return undefined;
        const mounted = scene.mounted();
        const records = scene.records();
        const isTold = records.incarnations.every((one) => countUntold(one, records) === 0);
        if (rehup.isHeld() && !asked) {
          asked = true;
          scene.trigger();
        }
        if (app.loaded() === mounted && rehup.isAtRest() && isTold) return true;
        throw new Error(
          `mounted: ${mounted}\nloaded: ${app.loaded() ?? 'nothing, it does not run'}\n${rehup.lastLines()}`,
        );
      },
      { deadlineMs: SETTLE_WITHIN_MS },
    );
    await app.askForWorker();
  };

  const act = async (action: Action, last: Last): Promise<void> => {
    switch (action.do) {
      case 'swap':
        return await write(volumes[action.volume], changed(volumes[action.volume]));
      case 'swap-back':
        return await write(volumes[action.volume], earlier(volumes[action.volume]));
      case 'add-key':
        return await write(volumes[action.volume], withKey(volumes[action.volume]));
      case 'remove-key':
        return await write(volumes[action.volume], withoutKey(volumes[action.volume]));
      case 'burst':
        for (let left = action.count; left > 0; left -= 1) {
          const volume = volumes[action.volume];
          const next = left % 3 === 0 ? earlier(volume) : changed(volume);
          await write(volume, next);
        }
        return undefined;
      case 'torn': {
        const volume = volumes[action.volume];
        await write(volume, withKey(volume), { heldAt: action.at });
        return last(action.lasts, volume.release);
      }
      case 'kubelet-crash': {
        const volume = volumes[action.volume];
        return await write(volume, withKey(volume), { crashAfter: action.at });
      }
      case 'unreadable-swap': {
        const volume = volumes[action.volume];
        await write(volume, changed(volume), { unreadable: true });
        return last(action.lasts, volume.release);
      }
      case 'tear-down':
        return await volumes.config.tearDown();
      case 'restart-app':
        await app.restart(action.lasts > 0 ? 'slow' : 'now');
        return action.lasts > 0 ? last(action.lasts, app.hurry) : undefined;
      case 'crash-loop':
        return await app.crashLoop(action.times);
      case 'stop-app':
        await app.stop();
        return last(action.lasts, app.resume);
      case 'kill-rehup': {
        const what = (): number =>
          action.when === 'signalled' ? app.signals() : rehup.count(action.when);
        const before = what();
        if (action.when !== 'at once') await write(volumes.config, changed(volumes.config));
        await until(action.when, what, before);
        await rehup.kill();
        return last(action.lasts, rehup.start);
      }
      case 'end-rehup':
        await rehup.end();
        return last(action.lasts, rehup.start);
      case 'no-inotify':
        await rehup.end();
        return await rehup.start(withoutInotify(action.limit));
      case 'trigger':
        return scene.trigger();
      case 'change-rules':
        return await scene.writeRules(rulesFile(action.settleMs));
      case 'break-rules':
        await scene.writeRules(BROKEN_RULES);
        return last(action.lasts, async () => await scene.writeRules(rulesFile(SETTLE_MS)));
      case 'invalid-swap': {
        const { config } = volumes;
        await write(config, { ...config.desired(), 'app.conf': `invalid-${value()}` });
        return last(action.lasts, async () => {
          await write(config, { ...config.desired(), 'app.conf': value() });
        });
      }
      case 'clock-step':
        return clock?.step(action.ms);
      case 'fault':
        switch (action.fault) {
          case 'disk-full':
            disk?.fill();
            return last(action.lasts, () => disk?.free());
          case 'no-descriptors':
            rehup.limitDescriptors();
            return last(action.lasts, rehup.freeDescriptors);
          case 'url-fails':
            urls?.fail();
            return last(action.lasts, () => urls?.recover());
          case 'api-away':
            await api?.goAway();
            return last(action.lasts, async () => await api?.comeBack());
          default:
            return action.fault satisfies never;
        }
      case 'settle':
        return await settle();
      default:
        return action satisfies never;
    }
  };

  return { act, settle };
}

/** How long a moment is waited for that may never come. */
const MOMENT_MS = 500;

/** A pause that ends with what is waited for; whether it comes is not the question here. */
async function until(when: Moment, what: () => number, before: number): Promise<void> {
  if (when === 'at once') return;
  await waitFor(when, () => what() > before, { deadlineMs: MOMENT_MS }).catch(() => {});
}
