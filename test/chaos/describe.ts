import type { Incarnation, Run } from './records.ts';
import type { ChaosScene } from './scene.ts';

type Event = readonly [atMs: number, what: string];

/** The end of what happened in a pod, in its order, and the last lines of rehup. */
export function describeRecords(scene: ChaosScene): string {
  const { swaps, ...records } = scene.records();
  const others = swaps
    .slice(-15)
    .map(({ fromMs, toMs, hash }) => [toMs, `swap since ${fromMs}: ${hash}`] as const);
  return `${describeEvents(records, others)}\n${scene.rehup.lastLines()}`;
}

/** What the containers did, between other events. */
export function describeEvents(
  { incarnations, runs }: { incarnations: readonly Incarnation[]; runs: readonly Run[] },
  others: readonly Event[],
): string {
  const events: Event[] = [
    ...others,
    ...incarnations
      .slice(-6)
      .flatMap((app): Event[] => [
        [app.startedMs, `app ${app.pid} starts`],
        ...app.loads.map(({ by, atMs, content }): Event => [
          atMs,
          `app ${app.pid} loads (${by}): ${content}`,
        ]),
      ]),
    ...runs
      .slice(-4)
      .flatMap(({ startedMs, endedMs, end }): Event[] => [
        [startedMs, 'rehup starts'],
        ...(endedMs === undefined ? [] : [[endedMs, `rehup ends: ${end}`] as const]),
      ]),
  ];
  const timeline = events
    .toSorted(([one], [other]) => one - other)
    .map(([atMs, what]) => `  ${atMs} ${what}`);
  return ['what happened, in milliseconds since boot:', ...timeline].join('\n');
}
