import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '../../../src/tools/simulate/kubelet/random.ts';
import { waitFor } from '../../support/wait-for.ts';
import { playSteps } from '../play-steps.ts';
import type { Content } from '../volumes.ts';
import { contentOf, type Kind } from './content.ts';
import { checkEnd } from './end.ts';
import type { PublishScene } from './scene.ts';
import type { Moment, PublishAction, PublishSchedule } from './schedule.ts';
import { settle } from './settle.ts';

/** How long a moment is waited for that may never come. */
const MOMENT_MS = 500;

const KEYS = ['key-0', 'key-1', 'key-2', 'key-3', 'key-4'];

/** Lets the steps of one schedule happen, and looks at what is there when nothing is left to do. */
export async function playPublish(scene: PublishScene, schedule: PublishSchedule): Promise<void> {
  const { volume, app, rehup, disk } = scene;
  const { uint32 } = createRandom(~schedule.seed);

  const content = (kind: Kind, more: -1 | 0 | 1 = 0): Content => {
    const has = Object.keys(volume.desired()).filter((key) => key !== 'app.conf');
    const keys =
      more === 1
        ? [...new Set([...has, KEYS[uint32() % KEYS.length] ?? ''])]
        : has.slice(0, has.length + more);
    return contentOf(kind, scene.serial(), ['app.conf', ...keys]);
  };

  const killAfter = async (kind: Kind, after: number | Moment): Promise<void> => {
    const before = typeof after === 'number' ? 0 : rehup.count(after);
    await volume.write(content(kind));
    if (typeof after === 'number') await delay(after);
    else await until(after, () => rehup.count(after) > before);
    await rehup.kill();
  };

  const replaceContainer = async (): Promise<void> => {
    await rehup.kill();
    await rehup.start();
    volume.backInSight();
  };

  const settleAll = async (): Promise<void> => {
    await volume.release();
    await volume.sync();
    await rehup.start();
    if (volume.isOutOfSight()) await replaceContainer();
    await settle(scene);
  };

  await playSteps<PublishAction>(schedule.steps, {
    act: async (action, last) => {
      switch (action.do) {
        case 'write':
          return await volume.write(content(action.kind, action.keys));
        case 'swap-back':
          return await volume.write(volume.previous());
        case 'burst':
          for (const kind of action.kinds) await volume.write(content(kind));
          return undefined;
        case 'torn':
          await volume.write(content('good', 1), { heldAt: action.at });
          return last(action.lasts, volume.release);
        case 'kubelet-crash':
          return await volume.write(content('good'), { crashAfter: action.at });
        case 'replace-while-validated': {
          const before = rehup.count('command output');
          await volume.write(content('slow'));
          await until('the validation', () => rehup.count('command output') > before);
          return await volume.write(content(action.kind));
        }
        case 'restart-app':
          scene.disturb();
          await app.restart(action.lasts > 0 ? 'slow' : 'now');
          return action.lasts > 0 ? last(action.lasts, app.hurry) : undefined;
        case 'crash-loop':
          scene.disturb();
          return await app.crashLoop(action.times);
        case 'stop-app':
          scene.disturb();
          await app.stop();
          return last(action.lasts, () => {
            scene.disturb();
            app.resume();
          });
        case 'kill-rehup':
          await killAfter(action.kind, action.after);
          return last(action.lasts, rehup.start);
        case 'end-rehup':
          await rehup.end();
          return last(action.lasts, rehup.start);
        case 'disk-full':
          disk.fill();
          return last(action.lasts, () => {
            // Nobody could remove what fills it.
            scene.open();
            disk.free();
          });
        case 'closed':
          scene.close();
          return last(action.lasts, scene.open);
        case 'damage':
          return scene.damage(action.what);
        case 'trigger':
          return scene.trigger();
        case 'settle':
          return await settleAll();
        default:
          return action satisfies never;
      }
    },
    end: async () => {
      await settleAll();
      await checkEnd(scene, { good: () => content('good', 1), bad: () => content(schedule.bad) });
    },
  });
}

/** A pause that ends with what is waited for; whether it comes is not the question here. */
async function until(what: string, has: () => boolean): Promise<void> {
  await waitFor(what, has, { deadlineMs: MOMENT_MS }).catch(() => {});
}
