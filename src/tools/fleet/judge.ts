import { createHmac } from 'node:crypto';
import { PERCENT_KEY } from '../../config/canary.ts';
import { sourceKey, sourcesOfVolume } from '../../kubernetes/sources.ts';
import type { Pod, PodVolume } from '../../kubernetes/types.ts';
import { keysOfVolume, type SourceObjects } from '../../kubernetes/volume-keys.ts';
import { lastWrittenMs } from '../../kubernetes/watched-object.ts';
import { SHOWN_DIGITS } from '../../system/content-hash.ts';
import type { MountAnswer, RuleAnswer } from './answer.ts';
import { hashContents, keysThatCount } from './desired.ts';

/** How one mount of one pod stands to the objects of the API. */
export type MountReport = {
  path: string;
  /** `configmap/web`, … */
  objects: readonly string[];
  /** The hash of what the objects hold; absent where it cannot be compared. */
  desired?: string;
  mounted?: string;
  loaded?: string;
  /** The volume has what the objects hold. */
  isMounted: boolean | 'unknown';
  /** The app has it, too. */
  isLoaded: boolean | 'unknown';
  /** From the last writing of an object to the swap; where the volume is behind, until now. */
  lagMs?: number;
  /** Why that is so, or not known. */
  why?: string;
};

export type MountInput = {
  pod: Pod;
  container: string;
  rule: RuleAnswer;
  mount: MountAnswer;
  objects: SourceObjects;
  /** What the sidecar is told to watch; empty: everything that is mounted. */
  watched: readonly string[];
  /** Now, by the clock of the pod. */
  nowMs: number;
  /** What hashes of Secrets are compared by. */
  key: string;
};

/** Times of objects are in whole seconds. */
const SECOND_MS = 1000;

/** Compares what the objects hold with what is mounted, and that with what the app has. */
export async function judgeMount(input: MountInput): Promise<MountReport> {
  const { pod, container, rule, mount, objects, watched, nowMs, key } = input;
  const { path, hash, applied, problem } = mount;
  const volume = volumeAt(pod, container, mount);
  const sources = volume === undefined ? [] : sourcesOfVolume(volume);
  const wanted = volume && keysOfVolume(volume, objects);
  const isOther = rule.canary?.other === path;
  // Of the source that the pod is not to have, nothing is to be loaded, unless it was refused.
  const isApplied = isOther
    ? rule.canary?.why !== 'refused'
    : applied !== undefined && applied === hash && rule.state === 'applied';
  const common = {
    path,
    objects: sources.map((source) => sourceKey(source).toLowerCase()),
    ...(hash !== undefined && { mounted: hash }),
    ...(applied !== undefined && { loaded: applied }),
  };
  const conclude = (
    isMounted: MountReport['isMounted'],
    more: Partial<MountReport> = {},
  ): MountReport => ({
    ...common,
    isMounted,
    isLoaded: isMounted === true ? isApplied : isApplied ? isMounted : false,
    ...more,
  });
  if (problem !== undefined) return conclude(false, { why: problem });
  if (wanted === undefined) {
    return conclude('unknown', {
      why:
        sources.length === 0
          ? 'no object of the API is behind it'
          : 'its objects may not be read: that needs get on them',
    });
  }
  if (wanted.missing.length > 0) {
    return conclude(false, {
      why: `the kubelet waits for what is missing: ${wanted.missing.join(', ')}`,
    });
  }
  const writtenMs = Math.max(
    0,
    ...sources.map((source) => {
      const object = objects.get(sourceKey(source));
      return object === undefined ? 0 : lastWrittenMs(object.metadata);
    }),
  );
  const startedMs = Date.parse(pod.status?.startTime ?? '') || 0;
  const keys = await keysThatCount(wanted.keys, {
    path,
    globs: rule.globs,
    watched,
    without: rule.canary && PERCENT_KEY,
  });
  const swappedMs = mount.swappedMs ?? 0;
  const arrived =
    writtenMs > startedMs && swappedMs >= writtenMs ? { lagMs: swappedMs - writtenMs } : {};
  const behind = { lagMs: Math.max(0, nowMs - Math.max(writtenMs, startedMs)) };

  // Only the hash of a ConfigMap is the same everywhere: all others are keyed.
  if (volume?.configMap !== undefined) {
    const desired = hashContents(keys).slice(0, SHOWN_DIGITS);
    const isMounted = desired === hash;
    return conclude(isMounted, { desired, ...(isMounted ? arrived : behind) });
  }
  if (mount.compared !== undefined && !wanted.isPartial) {
    const desired = createHmac('sha256', key).update(hashContents(keys)).digest('hex');
    const isMounted = desired === mount.compared;
    return conclude(isMounted, isMounted ? arrived : behind);
  }
  const names = new Set(mount.keys);
  const differs =
    !wanted.isPartial &&
    (names.size !== keys.size || [...keys.keys()].some((name) => !names.has(name)));
  if (differs) return conclude(false, behind);
  const isNewer = Math.max(swappedMs, startedMs) >= writtenMs + SECOND_MS;
  return isNewer
    ? conclude(true, arrived)
    : conclude('unknown', { why: 'written after the last swap, and hashes of Secrets are keyed' });
}

/** By name, where the mount table of the container tells; else by its path. */
function volumeAt(
  { spec }: Pod,
  container: string,
  { path, volume }: MountAnswer,
): PodVolume | undefined {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const mounts = all.find(({ name }) => name === container)?.volumeMounts ?? [];
  const at = mounts.find(({ mountPath }) => normalize(mountPath) === normalize(path))?.name;
  return spec.volumes?.find(({ name }) => name === (volume ?? at));
}

/** In an image, the one is a link to the other. */
function normalize(path: string): string {
  return path.replace(/(?<=.)\/+$/, '').replace(/^\/var\/run(?=\/|$)/, '/run');
}
