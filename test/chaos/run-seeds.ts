import { waitFor } from '../support/wait-for.ts';
import { describeRecords } from './describe.ts';
import { countUntold, judge } from './judge.ts';
import { play } from './play.ts';
import { type ChaosScene, createChaosScene } from './scene.ts';
import { createSchedule, describeSchedule } from './schedule.ts';
import { shapes } from './shapes.ts';

export interface Failed {
  readonly seed: number;
  readonly text: string;
}

export interface RunOptions {
  /** Pods at the same time. Most of the time each of them waits. */
  readonly jobs: number;
  readonly onPlayed: (seed: number) => void;
  readonly onFailed: (failed: Failed) => void;
}

/** One pod serves so many schedules, unless one of them fails. */
const PER_SCENE = 20;
const SHOWN_VIOLATIONS = 10;

/**
 * Plays the schedules of these seeds, those of one shape one after the other in one pod. The pod in
 * which something went wrong is given up: what follows there would tell nothing.
 */
export async function runSeeds(seeds: readonly number[], options: RunOptions): Promise<void> {
  const batches = shapes.flatMap((_, index) =>
    inBatches(seeds.filter((seed) => seed % shapes.length === index)),
  );
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const played = await playInOneScene(batch, options);
      const left = batch.slice(played);
      if (left.length > 0) batches.push(left);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
}

function inBatches(seeds: readonly number[]): (readonly number[])[] {
  const count = Math.ceil(seeds.length / PER_SCENE);
  return Array.from({ length: count }, (_, index) =>
    seeds.slice(index * PER_SCENE, (index + 1) * PER_SCENE),
  );
}

/** Returns how many were played: all of them, or those up to the first that failed. */
async function playInOneScene(
  seeds: readonly number[],
  { onPlayed, onFailed }: RunOptions,
): Promise<number> {
  const [first = 0] = seeds;
  await using scene = await createChaosScene(createSchedule(first).shape);
  for (const [index, seed] of seeds.entries()) {
    const text = await playOne(scene, seed);
    onPlayed(seed);
    if (text === undefined) continue;
    onFailed({ seed, text: `${text}\n${describeReplay(seeds.slice(0, index + 1))}` });
    return index + 1;
  }
  return seeds.length;
}

/** What went wrong; `undefined` if nothing did. */
async function playOne(scene: ChaosScene, seed: number): Promise<string | undefined> {
  const schedule = createSchedule(seed);
  const violations: string[] = [];
  try {
    await play(scene, schedule);
  } catch (error) {
    violations.push(error instanceof Error ? error.message : String(error));
  }
  await waitUntilTold(scene);
  violations.push(...judge(scene.records()));
  if (violations.length === 0) return undefined;
  const told = [...new Set(violations)].slice(0, SHOWN_VIOLATIONS);
  return [describeSchedule(schedule), ...told, describeRecords(scene)].join('\n');
}

/** What rehup still proves, it will tell when it has. */
async function waitUntilTold(scene: ChaosScene): Promise<void> {
  const isTold = (): boolean => {
    const records = scene.records();
    return records.incarnations.every((app) => countUntold(app, records) === 0);
  };
  await waitFor('rehup to tell what it did', isTold).catch(() => {});
}

function describeReplay(seeds: readonly number[]): string {
  const again = `again: npm run chaos -- --seed ${seeds.at(-1)}`;
  return seeds.length === 1
    ? again
    : `${again}\nwith those before it in the same pod: npm run chaos -- --seed ${seeds.join(',')}`;
}
