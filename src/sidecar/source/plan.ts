import type { Collected, Kept } from './catalog.ts';
import { placeKey } from './place.ts';

/** A file that is to be shown, and what it is a link to. */
export type PlannedFile = { path: string; blob: number };

/** A key that is not shown. */
export type Refused = { object: string; key: string; reason: string; remedy: string };

export type Plan = { files: PlannedFile[]; refused: Refused[]; objects: number };

/**
 * Which files all objects come to. Of two that come to the same path the older object keeps it, of
 * objects by name the one that is named first: so nobody takes a file away from somebody else.
 *
 * @param collections In the order of the sources.
 */
export function planFiles(collections: readonly Collected[], directory: string): Plan {
  const plan: Plan = { files: [], refused: [], objects: 0 };
  const owners = new Map<string, string>();
  const folders = new Map<string, string>();
  const seen = new Set<string>();
  for (const kept of inOrder(collections)) {
    const object = describeObject(kept);
    // Two selectors may take the same object.
    if (seen.has(object)) continue;
    seen.add(object);
    plan.objects += 1;
    for (const { key, blob } of kept.files) {
      const placed = placeKey({ ...kept, directory }, key);
      if ('refused' in placed) {
        plan.refused.push({ object, key, reason: placed.refused, remedy: BELOW });
        continue;
      }
      const { path } = placed;
      const owner = owners.get(path) ?? folders.get(path) ?? ownerAbove(owners, path);
      if (owner !== undefined) {
        plan.refused.push({ object, key, reason: `${owner} has ${path} already`, remedy: UNIQUE });
        continue;
      }
      owners.set(path, object);
      for (const folder of foldersOf(path)) if (!folders.has(folder)) folders.set(folder, object);
      plan.files.push({ path, blob });
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

/** A file cannot be a folder as well. */
function ownerAbove(owners: ReadonlyMap<string, string>, path: string): string | undefined {
  for (const folder of foldersOf(path)) {
    const owner = owners.get(folder);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function* foldersOf(path: string): Generator<string, void, void> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    yield path.slice(0, end);
  }
}
