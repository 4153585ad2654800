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

/** One kind of chaos: what is played in which pods. */
export interface Kind<Scene extends AsyncDisposable> {
  /** Flags that bring this kind about. */
  readonly flags: string;
  readonly shapes: readonly unknown[];
  /** A pod for the schedules of this seed's shape. */
  readonly createScene: (seed: number) => Promise<Scene>;
  /** What went wrong; `undefined` if nothing did. */
  readonly playOne: (scene: Scene, seed: number) => Promise<string | undefined>;
}

/** One pod serves so many schedules, unless one of them fails. */
const PER_SCENE = 20;

/**
 * Plays the schedules of these seeds, those of one shape one after the other in one pod. The pod in
 * which something went wrong is given up: what follows there would tell nothing.
 */
export async function runSeeds<Scene extends AsyncDisposable>(
  kind: Kind<Scene>,
  seeds: readonly number[],
  options: RunOptions,
): Promise<void> {
  const { length } = kind.shapes;
  const batches = kind.shapes.flatMap((_, index) =>
    inBatches(seeds.filter((seed) => seed % length === index)),
  );
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const played = await playInOneScene(kind, batch, options);
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
async function playInOneScene<Scene extends AsyncDisposable>(
  kind: Kind<Scene>,
  seeds: readonly number[],
  { onPlayed, onFailed }: RunOptions,
): Promise<number> {
  const [first = 0] = seeds;
  await using scene = await kind.createScene(first);
  for (const [index, seed] of seeds.entries()) {
    const text = await kind.playOne(scene, seed);
    onPlayed(seed);
    if (text === undefined) continue;
    onFailed({ seed, text: `${text}\n${describeReplay(kind.flags, seeds.slice(0, index + 1))}` });
    return index + 1;
  }
  return seeds.length;
}

function describeReplay(flags: string, seeds: readonly number[]): string {
  const command = ['npm run chaos --', flags, '--seed'].filter(Boolean).join(' ');
  const again = `again: ${command} ${seeds.at(-1)}`;
  return seeds.length === 1
    ? again
    : `${again}\nwith those before it in the same pod: ${command} ${seeds.join(',')}`;
}
