import type { WaveSize } from '../../config/parse.ts';

/** A fleet may ask so often, all pods together: docs/scale.md tells why. */
const FLEET_REQUESTS_PER_SECOND = 100;

const SHORTEST_PAUSE_MS = 2000;

/** What is held back waits for a person. */
const SHORTEST_HELD_MS = 30_000;

/** How long a pod waits until it asks again. @param random Between 0 and 1. */
export function pauseMs(replicas: number, isHeld: boolean, random: number): number {
  const paceMs = (1000 * replicas) / FLEET_REQUESTS_PER_SECOND;
  return Math.max(paceMs, isHeld ? SHORTEST_HELD_MS : SHORTEST_PAUSE_MS) * (0.75 + random / 2);
}

/** The parts of all pods that follow the first one, in order; the last is all of them. */
export function stagesOf(sizes: readonly WaveSize[], replicas: number): number[] {
  const parts = sizes.map((size) =>
    'percent' in size ? size.percent / 100 : size.pods / Math.max(1, replicas),
  );
  // Whoever tries it first is one by itself.
  const between = parts.filter((part, index) => part < 1 && !isOne(sizes[index]));
  return [...new Set(between)].toSorted((one, other) => one - other).concat(1);
}

function isOne(size: WaveSize | undefined): boolean {
  return size !== undefined && 'pods' in size && size.pods === 1;
}

/** How long a part of the pods gets to say that it has gone wrong there. */
export function stageMs(
  replicas: number,
  { soakMs, splayMs }: { soakMs: number; splayMs: number },
): number {
  return soakMs + splayMs + 2 * pauseMs(replicas, false, 1);
}
