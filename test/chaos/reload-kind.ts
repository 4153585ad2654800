import { waitFor } from '../support/wait-for.ts';
import { describeRecords } from './describe.ts';
import { countUntold, judge } from './judge.ts';
import { play } from './play.ts';
import type { Kind } from './run-seeds.ts';
import { type ChaosScene, createChaosScene } from './scene.ts';
import { createSchedule, describeSchedule } from './schedule.ts';
import { shapes } from './shapes.ts';
import { describeViolations } from './violations.ts';

/** rehup tells the app of what is mounted in both. */
export const reloadKind: Kind<ChaosScene> = {
  flags: '',
  shapes,
  createScene: async (seed) => await createChaosScene(createSchedule(seed).shape),
  playOne: async (scene, seed) => {
    const schedule = createSchedule(seed);
    const violations: string[] = [];
    try {
      await play(scene, schedule);
    } catch (error) {
      violations.push(error instanceof Error ? error.message : String(error));
    }
    await waitUntilTold(scene);
    violations.push(...judge(scene.records()));
    return describeViolations(violations, {
      before: describeSchedule(schedule),
      after: () => describeRecords(scene),
    });
  },
};

/** What rehup still proves, it will tell when it has. */
async function waitUntilTold(scene: ChaosScene): Promise<void> {
  const isTold = (): boolean => {
    const records = scene.records();
    return records.incarnations.every((app) => countUntold(app, records) === 0);
  };
  await waitFor('rehup to tell what it did', isTold).catch(() => {});
}
