import { createHash } from 'node:crypto';

/** The golden ratio's fraction: multiples of it, modulo 1, spread evenly however many there are. */
const GOLDEN = 0.618_033_988_749_894_9;

/**
 * The part of the splay, in 0 to 1, that falls to a pod: always the same for the same name. The pods
 * of a StatefulSet are spread evenly by their ordinals, others by chance.
 */
export function splayFraction(podName: string): number {
  const ordinal = /-(\d{1,5})$/.exec(podName)?.[1];
  if (ordinal !== undefined) return (Number(ordinal) * GOLDEN) % 1;
  return createHash('sha256').update(podName).digest().readUInt32BE() / 2 ** 32;
}
