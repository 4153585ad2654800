/**
 * So many patches at once do no harm: they are done within a tenth of a second by a control plane that
 * does 500 patches per second.
 */
const AT_ONCE = 50;

/**
 * Patches per second of a whole fleet. At this rate the patches, and what others write, wait at most
 * milliseconds for each other, and no request is refused, even if the control plane does only 200 per
 * second (the slowest that was measured did 300). At twice the rate such a one falls behind.
 */
const PATCHES_PER_SECOND = 100;

/**
 * With a splay of a minute the last pod of a fleet still has the update a third sooner than by its
 * kubelet alone, and half of the pods in half of the time. With one of a minute and a half the last
 * pod gains nothing: no kubelet takes longer.
 */
const LONGEST_MS = 60_000;

/**
 * The longest delay of a patch in a fleet of so many pods, in milliseconds. `undefined`: prompting
 * does not pay, the pods wait for their kubelets. The figures behind it are simulated: docs/scale.md.
 */
export function promptSplayMs(replicas: number): number | undefined {
  if (replicas <= AT_ONCE) return 0;
  const splayMs = (1000 * replicas) / PATCHES_PER_SECOND;
  return splayMs <= LONGEST_MS ? splayMs : undefined;
}
