import { createRandom } from '../../src/tools/simulate/kubelet/random.ts';
import { splayFraction } from '../../src/sidecar/splay.ts';
import { createApiServer } from './api-server.ts';
import { createCounts, type FleetResult } from './counts.ts';
import { createTimeline } from './events.ts';
import { createNode, createPod } from './kubelet.ts';
import { type FleetSettings } from './settings.ts';
import { startSidecar } from './sidecar.ts';
import { createStorage } from './storage.ts';

export type FleetInput = {
  pods: number;
  /** With the same seed everything happens once more. */
  seed: number;
  /** Longest delay of a patch, in milliseconds; `undefined`: no prompt sync, the kubelet alone. */
  splayMs: number | undefined;
  settings: FleetSettings;
};

/** From the write of the ConfigMap to the first event of a watch (measured: 10 to 20 ms). */
const EVENT_MS = 10;

/** One ConfigMap changes at 0, and all pods mount it. */
export function simulateFleet({ pods, seed, splayMs, settings }: FleetInput): FleetResult {
  const source = createRandom(seed);
  const random = (): number => source.uint32() / 2 ** 32;
  const uniform = (from: number, to: number): number => from + (to - from) * random();
  const timeline = createTimeline();
  const counts = createCounts(timeline.now);
  const storage = createStorage(settings.writesPerSecond);
  const servers = Array.from({ length: settings.apiServers }, () =>
    createApiServer(timeline, storage, settings),
  );
  // The events of a server go out one after the other, to the watches in any order.
  const fanOutMs = (1000 * pods) / servers.length / settings.eventsPerSecond;

  let node = createNode(uniform, settings);
  for (let index = 0; index < pods; index += 1) {
    if (index > 0 && index % settings.podsPerNode === 0) node = createNode(uniform, settings);
    const { onContent, ...sidecar } = counts.addPod();
    const pod = createPod({ timeline, node, uniform, settings, onContent });
    const server = servers[Math.floor(random() * servers.length)];
    if (splayMs === undefined || server === undefined) continue;
    const ownSplayMs = splayMs * splayFraction(podName(random));
    const start = { ...sidecar, timeline, server, random, splayMs: ownSplayMs };
    timeline.at(EVENT_MS + uniform(0, fanOutMs), () =>
      startSidecar({ ...start, onPatched: pod.sync }),
    );
  }
  timeline.run();
  return counts.finish(storage, servers);
}

/** As a Deployment names its pods: five characters of this alphabet. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export function podName(random: () => number): string {
  const suffix = Array.from({ length: 5 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]);
  return `web-5d8f7c9b4-${suffix.join('')}`;
}
