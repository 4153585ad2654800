import { exitCodes } from '../../system/errors.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import { formatPath } from '../manifest/path.ts';
import { findObstacle } from '../../kubernetes/rollout/obstacle.ts';
import {
  canonical,
  type Content,
  type ContentObject,
  readContent,
} from '../../kubernetes/content.ts';
import { baseOf, describeObject } from './family.ts';
import type { Reference } from './references.ts';
import { describeWorkload, type Scene } from './scene.ts';

/** The workload has nothing to do with this family. */
export function refuseUnreferenced(
  { family, reference }: Scene,
  others: readonly Reference[],
): never {
  const names = [...new Set(others.map(({ name }) => name))].join(', ');
  throw fatal({
    message: `the pod template of ${describeWorkload(reference)} does not refer to the ${family.kind} ${family.base}; it refers to: ${names === '' ? 'none' : names}`,
    remedy:
      'name one of these, or add it to the template first (volume, projected, env or envFrom)',
    exitCode: exitCodes.configuration,
  });
}

/** A pod that lacks a key that it names does not start: that needs no rollout to be seen. */
export function refuseMissingKeys(
  { family, reference }: Scene,
  references: readonly Reference[],
  { values }: Content,
): void {
  const missing = references.flatMap(({ path, keys }) =>
    keys
      .filter((key) => !values.has(key))
      .map((key) => `${key} (${formatPath(path.slice(0, -1))})`),
  );
  if (missing.length === 0) return;
  throw fatal({
    message: `${describeWorkload(reference)} needs keys that the new content of ${family.base} does not have: ${missing.join(', ')}`,
    remedy: 'add these keys, or mark the references as optional: true',
    exitCode: exitCodes.configuration,
  });
}

/** An object of that name which is not what rehup would have made. */
export function refuseForeign({ family }: Scene, object: ContentObject, content: Content): void {
  const { name } = object.metadata;
  if (baseOf(object.metadata) !== family.base) {
    throw fatal({
      message: `${describeObject(family, name)} exists, and was not made by rehup`,
      remedy: 'rename it, or delete it if nothing refers to it',
    });
  }
  if (canonical(readContent(family.kind, object)) === canonical(content)) return;
  throw fatal({
    message: `${describeObject(family, name)} exists with other content than its name stands for`,
    remedy: 'look at who has changed it, and delete it if nothing refers to it',
  });
}

/**
 * A change that would replace no pods can be made without waiting: whoever has paused the workload, or
 * replaces its pods by hand, may want just that.
 */
export function refuseObstacle(
  scene: Scene,
  found: LocatedWorkload,
  withoutWaiting: boolean,
): void {
  const obstacle = findObstacle(found);
  if (obstacle === undefined) return;
  const { paused, updateStrategy } = found.workload.spec;
  const isChoice = paused === true || updateStrategy?.type === 'OnDelete';
  if (isChoice && withoutWaiting) {
    scene.warn(obstacle.reason);
    return;
  }
  throw fatal({
    message: `${obstacle.reason}; nothing was changed`,
    remedy: isChoice ? `${obstacle.remedy}; or use --no-wait` : obstacle.remedy,
  });
}

/** What is rotated is the name without a hash. */
export function refuseRevision({ family }: Scene, base: ContentObject): void {
  const of = baseOf(base.metadata);
  if (of === undefined || of === family.base) return;
  throw fatal({
    message: `${describeObject(family, family.base)} is a revision of ${of} already`,
    remedy: `name ${of} instead`,
    exitCode: exitCodes.configuration,
  });
}

/** Somebody else's references are left alone. */
export function overtaken({ family, reference, stage }: Scene, to: string): Error {
  stage(undefined);
  const what = describeWorkload(reference);
  return fatal({
    message: `somebody has changed the references of ${what} before it was ready with ${describeObject(family, to)}; they were left alone`,
    remedy: `look at what it refers to now: kubectl get ${what} -o yaml`,
  });
}
