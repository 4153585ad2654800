import { describeEvents } from '../describe.ts';
import { describeSteps } from '../draw.ts';
import type { Kind } from '../run-seeds.ts';
import { describeViolations } from '../violations.ts';
import { identify } from './content.ts';
import { judgePublish } from './judge.ts';
import { playPublish } from './play.ts';
import { createPublishScene, type PublishScene } from './scene.ts';
import { createPublishSchedule } from './schedule.ts';
import { publishShapes } from './shapes.ts';

/** rehup publishes to the app what it has validated, and a reader looks on. */
export const publishKind: Kind<PublishScene> = {
  flags: '--publish',
  shapes: publishShapes,
  createScene: async (seed) => await createPublishScene(createPublishSchedule(seed).shape),
  playOne: async (scene, seed) => {
    const schedule = createPublishSchedule(seed);
    const violations: string[] = [];
    try {
      await playPublish(scene, schedule);
    } catch (error) {
      violations.push(error instanceof Error ? error.message : String(error));
    }
    violations.push(...judgePublish(scene.records()));
    return describeViolations(violations, {
      before: describeSteps(schedule),
      after: () => describeRecords(scene),
    });
  },
};

function describeRecords({ records, rehup }: PublishScene): string {
  const { swaps, seen, incarnations, runs } = records();
  const timeline = describeEvents({ incarnations, runs }, [
    ...swaps
      .slice(-25)
      .map(
        ({ toMs, hash, content }) => [toMs, `source ${hash}: ${identify(content).text}`] as const,
      ),
    ...seen
      .slice(-25)
      .map(({ atMs, generation, text }) => [atMs, `shown ${generation}: ${text}`] as const),
  ]);
  return `${timeline}\n${rehup.lastLines()}`;
}
