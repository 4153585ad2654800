/**
 * Tells containers apart by `/proc/<pid>/cgroup` where mountinfo names none: the last 64-digit
 * container ID in it (any runtime, cgroup v1 and v2), else the path of the v2 hierarchy, which is
 * `/` for the reader's own container in a private cgroup namespace and `/../…` for its siblings.
 */
export function parseContainerId(text: string): string | undefined {
  const ids = text.match(/[0-9a-f]{64}/g);
  if (ids) return ids.at(-1);
  return /^0::(\/.*)$/m.exec(text)?.[1];
}
