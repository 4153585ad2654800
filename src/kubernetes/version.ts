const NUMBER = /^[1-9]\d*$/;

/** Whether a resource version is of later than another; not, where that cannot be told. */
export function isNewer(one: string, other: string): boolean {
  if (!NUMBER.test(one) || !NUMBER.test(other)) return false;
  return one.length === other.length ? one > other : one.length > other.length;
}
