import type { Settings } from '../../../config/options.ts';
import type { Container } from '../../manifest/container.ts';
import { findVolume } from '../../manifest/pod.ts';
import { type Mount, mountOf, type Volume } from '../../manifest/volume.ts';
import { findWatched, type Subject, type Watched } from '../subject.ts';

/** What rehup publishes from; what comes from the API is mounted by nobody. */
export function mountedSources(subject: Subject, settings: Settings): Watched[] {
  return settings.source === undefined ? findWatched(subject, settings) : [];
}

/** What it publishes into. */
export function publishedVolume(
  { pod, rehup }: Subject,
  { publish }: Settings,
): Volume | undefined {
  const mount = publish === undefined ? undefined : mountOf(publish, rehup.mounts);
  return mount && findVolume(pod, mount.name);
}

export function mountsOf({ mounts }: Container, { name }: Volume): Mount[] {
  return mounts.filter((mount) => mount.name === name);
}
