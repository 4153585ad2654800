import type { KubeClient } from '../../../src/kubernetes/client.ts';
import { KubeProblem } from '../../../src/kubernetes/problem.ts';
import { follow } from '../../../src/tools/fleet/follow.ts';
import { newest } from '../../../src/tools/fleet/goal.ts';
import { syncPods } from '../../../src/tools/fleet/sync-pods.ts';
import type { FleetView } from '../../../src/tools/fleet/view.ts';
import { AT_ONCE, inTurns } from '../../../src/tools/fleet/visit.ts';
import { createRandom } from '../../../src/tools/simulate/kubelet/random.ts';
import { createApiServer } from '../api-server.ts';
import { createTimeline } from '../events.ts';
import { createNode } from '../kubelet.ts';
import type { FleetSettings } from '../settings.ts';
import { podName } from '../simulate.ts';
import { createStorage } from '../storage.ts';
import { createTimes } from '../tally.ts';
import { clockOf, playUntil } from './clock.ts';
import { createObservedPod, type ObservedPod } from './pod.ts';

export type ApplyInput = { pods: number; seed: number; settings: FleetSettings };

/** Times in milliseconds after the API server had taken the object. */
export type ApplyResult = {
  pods: number;
  /** Half of the pods, and the last of them, are known to have proved it. */
  halfMs: number;
  allMs: number;
  /** The last pod had proved it. */
  provedMs: number;
  patches: number;
  peakPerSecond: number;
  refused: number;
  /** How often a sidecar was asked. */
  looks: number;
};

/** A list of so many pods takes the API server a second. */
const LISTED_PER_SECOND = 5000;

/** `rehup apply` on pods of one workload: its own code from the patches on, on a clock that jumps. */
export async function simulateApply({ pods, seed, settings }: ApplyInput): Promise<ApplyResult> {
  const source = createRandom(seed);
  const random = (): number => source.uint32() / 2 ** 32;
  const uniform = (from: number, to: number): number => from + (to - from) * random();
  const timeline = createTimeline();
  const clock = clockOf(timeline);
  const storage = createStorage(settings.writesPerSecond);
  // The requests of a person are a flow of a level of their own.
  const server = createApiServer(timeline, storage, { ...settings, seats: settings.personSeats });
  const requests = createTimes();
  let [refused, looks] = [0, 0];

  const byName = new Map<string, ObservedPod>();
  let node = createNode(uniform, settings);
  while (byName.size < pods) {
    if (byName.size % settings.podsPerNode === 0) node = createNode(uniform, settings);
    const name = podName(random);
    if (byName.has(name)) continue;
    byName.set(name, createObservedPod({ timeline, node, uniform, settings }, name));
  }
  const all = [...byName.values()].map(({ pod }) => pod);

  const request: KubeClient['request'] = async <Answer>({ name = '' }) => {
    requests.note(timeline.now());
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const onDone = (): void => byName.get(name)?.sync();
    server.patch(onDone, (answer) => {
      if (answer.kind === 'done') return resolve({} as Answer);
      refused += 1;
      return reject(new KubeProblem({ message: '', remedy: '', ...answer }));
    });
    return await promise;
  };
  const client: KubeClient = {
    request,
    stream: () => {
      throw new Error('nothing is watched');
    },
  };
  const view: FleetView = {
    refresh: async (signal) => {
      await clock.sleep((1000 * pods) / LISTED_PER_SECOND, signal);
      return all;
    },
    look: async (some, signal) =>
      await inTurns(some, AT_ONCE, async ({ metadata }) => {
        looks += 1;
        await clock.sleep(settings.visitLatencyMs, signal);
        const found = byName.get(metadata.name);
        if (found === undefined) throw new Error(`there is no pod ${metadata.name}`);
        return found.report();
      }),
    sync: async (some, signal) => await syncPods(client, some, { signal, clock, random }),
    surviveMs: () => settings.surviveMs,
  };

  const { signal } = new AbortController();
  const work = async (): Promise<number[]> => {
    await view.sync(all, signal);
    const input = { view, clock, goal: newest, sinceMs: 0, resync: true, onLook: () => {} };
    const followed = await follow({ ...input, timeoutMs: TIMEOUT_MS }, signal);
    return followed.map(({ afterMs = Number.POSITIVE_INFINITY }) => afterMs);
  };
  const known = createTimes();
  for (const ms of await playUntil(timeline, work())) known.note(ms);
  const proved = [...byName.values()].map((one) => one.provedMs() ?? Number.POSITIVE_INFINITY);
  return {
    pods,
    halfMs: known.by(0.5),
    allMs: known.by(1),
    provedMs: proved.reduce((one, other) => Math.max(one, other), 0),
    patches: storage.writes(),
    peakPerSecond: requests.peakPerSecond(),
    refused,
    looks,
  };
}

/** As the command has it. */
const TIMEOUT_MS = 120_000;
