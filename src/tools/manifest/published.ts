const KIBIBYTE = 2 ** 10;
const MEBIBYTE = 2 ** 20;

/** A ConfigMap or Secret is no larger (kubernetes: MaxSecretSize; what etcd takes). */
const MOST_OF_OBJECT_MEBIBYTES = 1;

/** What is shown, the last good one, the one to come; and once more for keys that are no links. */
const GENERATIONS = 3;

/** What is unpacked or filled in may be several times as large. */
const UNPACKED = 4;

/** Room takes nothing until it is used. */
const LEAST_MEBIBYTES = 16;

/** Files and directories take whole blocks. */
const BLOCK = 4 * KIBIBYTE;

/** The `sizeLimit` of the volume that so many objects are published into. */
export function sizeLimitFor(objects: number, isUnpacked: boolean): string {
  const needed = Math.max(1, objects) * MOST_OF_OBJECT_MEBIBYTES * (GENERATIONS + 1);
  return `${Math.max(LEAST_MEBIBYTES, needed) * (isUnpacked ? UNPACKED : 1)}Mi`;
}

/**
 * The bytes that three generations of such files take.
 *
 * @param isCopied Some of the keys are files of their own beside them.
 */
export function roomFor(sizes: readonly number[], isCopied: boolean): number {
  const once = sizes.reduce((sum, size) => sum + Math.ceil(size / BLOCK) * BLOCK, 0);
  return once * (isCopied ? GENERATIONS + 1 : GENERATIONS) + (once > 0 ? GENERATIONS * BLOCK : 0);
}

/** With some room, for content grows. */
export function leastSizeLimit(bytes: number): string {
  return `${Math.max(LEAST_MEBIBYTES, Math.ceil((2 * bytes) / MEBIBYTE))}Mi`;
}

export function describeSize(bytes: number): string {
  return bytes < MEBIBYTE
    ? `${Math.ceil(bytes / KIBIBYTE)} KiB`
    : `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
