import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import type { ObjectMeta } from '../../kubernetes/types.ts';
import { getAt } from '../manifest/path.ts';
import { type Content, type ContentObject, readContent } from '../../kubernetes/content.ts';
import { diffContents } from './diff.ts';
import type { Family } from './family.ts';
import { readBase, readObject } from './read.ts';
import { findReferences, type Reference, TEMPLATE_SPEC } from './references.ts';
import { refuseObstacle, refuseUnreferenced } from './refuse.ts';
import type { Scene } from './scene.ts';

/** What a workload refers to, of one family. */
export type Current = {
  /** At least one. */
  references: readonly Reference[];
  /** Theirs, each once; a revision comes before the base. */
  names: readonly string[];
};

/** The names of all objects of a family. */
export function namesOf({ base }: Family, members: readonly ObjectMeta[]): Set<string> {
  return new Set([base, ...members.map(({ name }) => name)]);
}

/** Throws a FatalError where there is no reference to the family. */
export function findCurrent(
  scene: Scene,
  found: LocatedWorkload,
  members: readonly ObjectMeta[],
): Current {
  const { kind, base } = scene.family;
  const { workload } = found;
  const known = namesOf(scene.family, members);
  const all = findReferences(workload, kind, TEMPLATE_SPEC);
  const references = all.filter(({ name }) => known.has(name));
  if (getAt(workload, TEMPLATE_SPEC) === undefined) refuseObstacle(scene, found, true);
  if (references.length === 0) refuseUnreferenced(scene, all);
  const names = new Set(references.map(({ name }) => name));
  const hasBase = names.delete(base);
  return { references, names: [...names, ...(hasBase ? [base] : [])] };
}

export type CurrentObjects = {
  /** The object of the base name. */
  base: ContentObject | undefined;
  /** What the workload uses. */
  used: ContentObject | undefined;
};

export async function readCurrent(
  scene: Scene,
  [name = '']: Current['names'],
  signal: AbortSignal,
): Promise<CurrentObjects> {
  const base = await readBase(scene, signal);
  const isBase = name === scene.family.base;
  return { base, used: isBase ? base : await readObject(scene, scene.family, name, signal) };
}

export function showDiff(
  { family, say }: Scene,
  used: ContentObject | undefined,
  after: { name: string; content: Content },
): void {
  const before = used && {
    name: used.metadata.name,
    content: readContent(family.kind, used),
  };
  say(diffContents(before, after).trimEnd());
}
