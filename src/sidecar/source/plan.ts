import type { Collected, Kept } from './catalog.ts';
import { createOwners, describeClash } from '../../system/volume/owners.ts';
import { placeKey } from './place.ts';

/** A file that is to be shown, and what it is a link to. */
export type PlannedFile = { path: string; blob: number };

/** A key that is not shown. */
export type Refused = { object: string; key: string; reason: string; remedy: string };

export type Plan = {
  files: PlannedFile[];
  refused: Refused[];
  /** Two objects that are named themselves have the same path, and neither is to win. */
  conflicts: string[];
  objects: number;
};

/** How two that come to the same path are dealt with: `REHUP_MERGE`. */
export type PlanSettings = { directory: string; laterWins: boolean };

/**
 * Which files all objects come to. Of two that come to the same path, one by name and one by a label
 * or two by labels, the one of the earlier source keeps it, of one source the older object: so nobody
 * takes a file away from somebody else. Two by name are a conflict. Or the later one wins.
 *
 * @param collections In the order of the sources.
 */
export function planFiles(
  collections: readonly Collected[],
  { directory, laterWins }: PlanSettings,
): Plan {
  const plan: Plan = { files: [], refused: [], conflicts: [], objects: 0 };
  const owners = createOwners();
  const named = new Set<string>();
  const seen = new Set<string>();
  // Where the later wins, it is given its paths first.
  const objects = inOrder(collections);
  for (const kept of laterWins ? objects.toReversed() : objects) {
    const object = describeObject(kept);
    // Two selectors may take the same object.
    if (seen.has(object)) continue;
    seen.add(object);
    plan.objects += 1;
    const isNamed = 'name' in kept.spec.select;
    if (isNamed) named.add(object);
    for (const { key, blob } of kept.files) {
      const placed = placeKey({ ...kept, directory }, key);
      if ('refused' in placed) {
        plan.refused.push({ object, key, reason: placed.refused, remedy: BELOW });
        continue;
      }
      const { path } = placed;
      const clash = owners.claim(path, object);
      if (clash === undefined) {
        plan.files.push({ path, blob });
      } else if (!laterWins && isNamed && named.has(clash.owner) && clash.owner !== object) {
        plan.conflicts.push(describeClash(clash, object));
      } else if (!laterWins || clash.as !== 'same') {
        plan.refused.push({
          object,
          key,
          reason: `${clash.owner} has ${path} already`,
          remedy: UNIQUE,
        });
      }
    }
  }
  return plan;
}

const BELOW =
  'name a folder below the directory of REHUP_PUBLISH in the annotation of the object, relative to it';
const UNIQUE =
  'give the key another name or the object another folder, or add to the source: &names=unique';

function inOrder(collections: readonly Collected[]): Kept[] {
  return collections.flatMap((collected) => [...collected.values()].toSorted(byAge));
}

function byAge(one: Kept, other: Kept): number {
  return (
    compare(one.createdAt, other.createdAt) ||
    compare(one.namespace, other.namespace) ||
    compare(one.name, other.name)
  );
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function describeObject({ spec, namespace, name }: Kept): string {
  return `${spec.kind} ${namespace}/${name}`;
}
