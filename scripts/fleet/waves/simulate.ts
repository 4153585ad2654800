import type { WaveSize } from '../../../src/config/parse.ts';
import { promptSplayMs } from '../../../src/sidecar/prompt/splay.ts';
import { splayFraction } from '../../../src/sidecar/splay.ts';
import { stagesOf } from '../../../src/sidecar/wave/pace.ts';
import { createRandom } from '../../../src/tools/simulate/kubelet/random.ts';
import { createApiServer } from '../api-server.ts';
import { createTimeline } from '../events.ts';
import { createNode, createPod } from '../kubelet.ts';
import type { FleetSettings } from '../settings.ts';
import { podName } from '../simulate.ts';
import { createStorage } from '../storage.ts';
import { createTimes } from '../tally.ts';
import { createLease } from './lease.ts';
import { startWavePod } from './pod.ts';

export type WaveInput = {
  pods: number;
  sizes: readonly WaveSize[];
  soakMs: number;
  isBad: boolean;
  seed: number;
  settings: FleetSettings;
};

/** What became of one content. Times in milliseconds after the change of its object. */
export type WaveResult = {
  pods: number;
  /** Pods whose app has been given it. */
  taken: number;
  /** Pods that know that they do not get it. */
  held: number;
  /** The first pod has said what came of it. */
  verdictMs: number;
  halfMs: number;
  /** 99 % of the pods that got it, or, where it is bad, of those that know. */
  mostMs: number;
  allMs: number;
  requests: number;
  peakPerSecond: number;
  meanPerSecond: number;
  /** Of the Lease. */
  writes: number;
  refused: number;
  /** The most that waited for a seat. */
  waiting: number;
};

/** One object changes at 0, which all pods of one workload mount. */
export function simulateWave(input: WaveInput): WaveResult {
  const { pods, sizes, soakMs, isBad, seed, settings } = input;
  const source = createRandom(seed);
  const random = (): number => source.uint32() / 2 ** 32;
  const uniform = (from: number, to: number): number => from + (to - from) * random();
  const timeline = createTimeline();
  const storage = createStorage(settings.writesPerSecond);
  const servers = Array.from({ length: settings.apiServers }, () =>
    createApiServer(timeline, storage, settings),
  );
  const [requests, taken, held] = [createTimes(), createTimes(), createTimes()];
  let [writes, refused, verdictMs] = [0, 0, 0];
  const common = {
    timeline,
    random,
    lease: createLease(),
    pods,
    stages: stagesOf(sizes, pods),
    soakMs,
    isBad,
    counts: {
      onRequest: () => requests.note(timeline.now()),
      onRefused: () => void (refused += 1),
      onWritten: () => void (writes += 1),
      onTaken: () => taken.note(timeline.now()),
      onHeld: () => held.note(timeline.now()),
      onVerdict: () => void (verdictMs = timeline.now()),
    },
  };
  const splayMs = promptSplayMs(pods);
  let node = createNode(uniform, settings);
  for (let index = 0; index < pods; index += 1) {
    if (index > 0 && index % settings.podsPerNode === 0) node = createNode(uniform, settings);
    const name = podName(random);
    const server = servers[index % servers.length];
    if (server === undefined) continue;
    const onContent = (): void =>
      startWavePod(common, { name, fraction: splayFraction(name), server });
    const pod = createPod({ timeline, node, uniform, settings, onContent });
    // With prompt sync, where a fleet is not too large for it: each at its own part of the splay.
    if (splayMs !== undefined) timeline.at(uniform(0, splayMs), pod.sync);
  }
  timeline.run();
  const told = isBad ? held : taken;
  return {
    pods,
    taken: taken.count(),
    held: held.count(),
    verdictMs,
    halfMs: told.by(0.5),
    mostMs: told.by(0.99),
    allMs: told.by(1),
    requests: requests.count(),
    peakPerSecond: requests.peakPerSecond(),
    meanPerSecond: requests.meanPerSecond(),
    writes,
    refused,
    waiting: Math.max(...servers.map((server) => server.longestQueue())),
  };
}
