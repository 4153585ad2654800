import type { OwnerReference } from '../../kubernetes/types.ts';
import { readWorkload } from '../../kubernetes/rollout/workload.ts';
import { applyRevision, touchRevision } from './apply.ts';
import { collect } from './collect.ts';
import type { ContentObject } from '../../kubernetes/content.ts';
import { findCurrent, namesOf, readCurrent, showDiff } from './current.ts';
import { completeDraft, type LocalDraft } from './draft.ts';
import { describeObject } from './family.ts';
import type { Draft } from './from-manifest.ts';
import { readMembers, readObject } from './read.ts';
import { refuseForeign, refuseMissingKeys, refuseObstacle } from './refuse.ts';
import { addOwner, buildRevision, ownerOf } from './revision.ts';
import { rollTo } from './roll.ts';
import { nameContent } from './salt.ts';
import { describeWorkload, mark, type Scene } from './scene.ts';
import type { Patience } from './wait.ts';

export type RotateInput = {
  local: LocalDraft;
  keep: number;
  diff: boolean;
  /** `undefined`: do not wait. */
  patience: Patience | undefined;
};

/** Creates the object of the new content, moves the workload to it, and collects old ones. */
export async function rotate(scene: Scene, input: RotateInput, signal: AbortSignal): Promise<void> {
  const { family, client, namespace, reference } = scene;
  const found = await readWorkload(client, reference, namespace, signal);
  const members = await readMembers(scene, family, signal);
  const { references, names } = findCurrent(scene, found, members);
  const now = await readCurrent(scene, names, signal);
  const draft = completeDraft(family, input.local, now);
  refuseMissingKeys(scene, references, draft.content);

  const { name, salt, isNewSalt } = nameContent(family.base, draft.content, members);
  if (input.diff) showDiff(scene, now.used, { name, content: draft.content });
  const existing = await readObject(scene, family, name, signal);
  if (existing) refuseForeign(scene, existing, draft.content);
  const owner = ownerOf(found);
  const isOwned = existing?.metadata.ownerReferences?.some(({ uid }) => uid === owner.uid) ?? false;
  const isDone = isOwned && names.every((one) => one === name);
  const revision = { name, salt, draft };
  if (isDone) scene.say(`${describeWorkload(reference)}: nothing to do, it refers to ${name}`);
  else {
    refuseObstacle(scene, found, input.patience === undefined);
    await makeRevision(scene, { ...revision, owner, existing }, signal);
    if (scene.dryRun && isNewSalt) scene.say('the hash will be another one: its key is random');
  }
  const from = namesOf(family, members);
  const { patience } = input;
  await rollTo(scene, { found, from, to: name, isRevision: true, patience }, signal);
  scene.stage(`${describeWorkload(reference)} refers to ${name}; old ones are not collected yet`);
  await collect(scene, { keep: input.keep, current: name, owner }, signal);
}

type Making = {
  name: string;
  salt: string | undefined;
  draft: Draft;
  owner: OwnerReference;
  existing: ContentObject | undefined;
};

async function makeRevision(
  scene: Scene,
  { name, salt, draft, owner, existing }: Making,
  signal: AbortSignal,
): Promise<void> {
  const owners = addOwner(existing?.metadata.ownerReferences, owner);
  const { family } = scene;
  await applyRevision(scene, buildRevision({ family, draft, name, salt, owners }), signal);
  if (existing) await touchRevision(scene, name, owner, signal);
  scene.say(`${describeObject(family, name)} ${existing ? 'used again' : 'created'}${mark(scene)}`);
  scene.stage(`${describeObject(family, name)} is there, and nothing refers to it yet`);
}
