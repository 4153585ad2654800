import { realpathSync } from 'node:fs';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { sourceKey } from '../../kubernetes/sources.ts';
import type { SourceReference } from '../../kubernetes/types.ts';
import { objectsBehind } from '../prompt/behind.ts';
import { nameContent } from './content-name.ts';
import type { WaveInput } from './input.ts';
import { createLeaseStore, type Lease, type LeaseStore } from './lease.ts';
import { findFleet, type Fleet, leaseName } from './owner.ts';
import type { Place } from './words.ts';

/** The own workload, and what its pods have in common. */
export type Crew = {
  own: OwnPod;
  fleet: Fleet;
  store: LeaseStore;
  place: Place;
  sources: readonly SourceReference[];
  /** The name of content, the same in all pods. */
  name: (hash: string, lease: Pick<Lease, 'uid'>) => Promise<string>;
};

export async function openCrew(
  { openOwnPod, mounts, clock }: Pick<WaveInput, 'openOwnPod' | 'mounts' | 'clock'>,
  signal: AbortSignal,
): Promise<Crew> {
  const own = await openOwnPod(signal);
  const fleet = await findFleet(own, signal);
  const sources = objectsBehind(own.pod.spec, mounts, followLinks).map(({ source }) => source);
  const objects = sources.map(sourceKey);
  let last: { key: string; name: string } | undefined;
  return {
    own,
    fleet,
    sources,
    store: createLeaseStore(own, leaseName(fleet), clock.now),
    place: { namespace: own.namespace, kind: fleet.kind, name: fleet.name, objects },
    name: async (hash, { uid }) => {
      const key = `${hash} ${uid}`;
      if (last?.key !== key) last = { key, name: await nameContent(hash, mounts, uid) };
      return last.name;
    },
  };
}

function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
