import type { ChaosScene } from './scene.ts';

/** The end of what happened in a pod, in its order, and the last lines of rehup. */
export function describeRecords(scene: ChaosScene): string {
  const { swaps, incarnations, runs } = scene.records();
  const events = [
    ...swaps
      .slice(-15)
      .map(({ fromMs, toMs, hash }) => [toMs, `swap since ${fromMs}: ${hash}`] as const),
    ...incarnations
      .slice(-6)
      .flatMap((app) => [
        [app.startedMs, `app ${app.pid} starts`] as const,
        ...app.loads.map(
          ({ by, atMs, content }) => [atMs, `app ${app.pid} loads (${by}): ${content}`] as const,
        ),
      ]),
    ...runs
      .slice(-4)
      .flatMap(({ startedMs, endedMs, end }) => [
        [startedMs, 'rehup starts'] as const,
        ...(endedMs === undefined ? [] : [[endedMs, `rehup ends: ${end}`] as const]),
      ]),
  ];
  const timeline = events
    .toSorted(([one], [other]) => one - other)
    .map(([atMs, what]) => `  ${atMs} ${what}`);
  return ['what happened, in milliseconds since boot:', ...timeline, scene.rehup.lastLines()].join(
    '\n',
  );
}
