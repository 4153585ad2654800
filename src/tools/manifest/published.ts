/** A ConfigMap or Secret is no larger (kubernetes: MaxSecretSize; what etcd takes). */
const MOST_OF_OBJECT_MEBIBYTES = 1;

/** What is shown, the last good one, the one to come; and once more for keys that are no links. */
const GENERATIONS = 3;
const COPIES = GENERATIONS + 1;

/** What is unpacked or filled in may be several times as large. */
const UNPACKED = 4;

/** Room takes nothing until it is used. */
const LEAST_MEBIBYTES = 16;

/** The `sizeLimit` of the volume that so many objects are published into. */
export function sizeLimitFor(objects: number, isUnpacked: boolean): string {
  const needed = Math.max(1, objects) * MOST_OF_OBJECT_MEBIBYTES * COPIES;
  return `${Math.max(LEAST_MEBIBYTES, needed) * (isUnpacked ? UNPACKED : 1)}Mi`;
}
