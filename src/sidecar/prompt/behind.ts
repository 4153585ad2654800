import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { sourcesOfMounts } from '../../kubernetes/mount-sources.ts';
import { sourceKey } from '../../kubernetes/sources.ts';
import type { PodSpec, SourceReference } from '../../kubernetes/types.ts';
import type { ObjectChange } from '../../kubernetes/watched-object.ts';
import type { Mount } from '../mount/mount.ts';
import type { Awaited } from './mount-wait.ts';

/** An object with the mounts that it is behind. */
export type Behind = { source: SourceReference; mounts: readonly Mount[] };

/** Each object once. What is mounted by `subPath` is left out: no update ever arrives there. */
export function objectsBehind(
  spec: PodSpec,
  mounts: readonly Mount[],
  resolve: (path: string) => string,
): Behind[] {
  const whole = mounts.filter(({ volume }) => volume?.subPath !== true);
  const own = whole.map(({ path, volume }) => ({ path, volumeName: volume?.name }));
  const byMount = sourcesOfMounts(spec, own, resolve);
  const pairs = whole.flatMap((mount) =>
    (byMount.get(mount.path) ?? []).map((source) => ({ source, mount })),
  );
  return [...Map.groupBy(pairs, ({ source }) => sourceKey(source)).values()].flatMap((group) =>
    group[0] === undefined
      ? []
      : [{ source: group[0].source, mounts: group.map(({ mount }) => mount) }],
  );
}

/** The mounts at which the content of a changed object is to arrive. @param nowMs The wall clock. */
export function expectedAt(
  { mounts }: Behind,
  { kind, source, resourceVersion, movedAtMs }: ObjectChange,
  nowMs: number,
): Awaited[] {
  if (kind === 'deleted') return [];
  return mounts.flatMap((mount) => {
    const behind = kind === 'moved' ? 'yes' : isBehind(mount, movedAtMs, nowMs);
    if (behind === 'no') return [];
    return [{ mount, source, resourceVersion, movedAtMs, doubtful: behind === 'perhaps' }];
  });
}

/** The kubelet has been there by itself after that time. */
const KUBELET_PERIOD_MS = 95_000;

/** The API server's times have lost their fractions of a second. */
const RESOLUTION_MS = 1000;

/**
 * Whether an object that was there before we watched has not arrived in a mount: it was written after
 * the mount's last swap, and not long ago. Within one second it cannot be told: an object may be made
 * together with its pod. The times are of two machines; where they err, the kubelet's own sync comes
 * anyway.
 */
function isBehind({ path }: Mount, movedAtMs: number, nowMs: number): 'yes' | 'perhaps' | 'no' {
  const swappedAtMs = readSwapTime(path);
  if (swappedAtMs === undefined || nowMs - movedAtMs >= KUBELET_PERIOD_MS) return 'no';
  if (movedAtMs > swappedAtMs) return 'yes';
  return movedAtMs + RESOLUTION_MS > swappedAtMs ? 'perhaps' : 'no';
}

function readSwapTime(path: string): number | undefined {
  try {
    return lstatSync(join(path, '..data')).ctimeMs;
  } catch {
    // Not there, or not readable: the reloads by files tell so.
    return undefined;
  }
}
