import { exitCodes } from '../../system/errors.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import { readWorkload } from '../../kubernetes/rollout/workload.ts';
import { touchRevision } from './apply.ts';
import { choosePrevious } from './choose.ts';
import { readContent } from '../../kubernetes/content.ts';
import { findCurrent, namesOf, readCurrent, showDiff } from './current.ts';
import { newestFirst } from './family.ts';
import { readCluster, readMembers, readObject } from './read.ts';
import { refuseMissingKeys, refuseObstacle } from './refuse.ts';
import { ownerOf } from './revision.ts';
import { rollTo } from './roll.ts';
import { describeWorkload, type Scene } from './scene.ts';
import { findUsers } from './users.ts';
import type { Patience } from './wait.ts';

export type RollBackInput = {
  /** The name of an object of the family; `undefined`: the one before. */
  to: string | undefined;
  diff: boolean;
  /** `undefined`: do not wait. */
  patience: Patience | undefined;
};

/** Moves the workload to an object that there is already. */
export async function rollBack(
  scene: Scene,
  { to: wanted, diff, patience }: RollBackInput,
  signal: AbortSignal,
): Promise<void> {
  const { client, namespace, family, reference } = scene;
  const found = await readWorkload(client, reference, namespace, signal);
  const members = await readMembers(scene, family, signal);
  const { references, names } = findCurrent(scene, found, members);
  const { base, used } = await readCurrent(scene, names, signal);
  const owner = ownerOf(found);
  const previous = async (): Promise<string | undefined> => {
    const users = findUsers(await readCluster(scene, [owner], signal), family.kind);
    const input = { members, users, current: names, workloadUid: owner.uid };
    return choosePrevious({ ...input, base: base && family.base });
  };
  const known = [...(base ? [family.base] : []), ...newestFirst(members).map(({ name }) => name)];
  const name = wanted ?? (await previous());
  const target =
    name !== undefined && known.includes(name)
      ? await readObject(scene, family, name, signal)
      : undefined;
  if (target === undefined) throw refuseTarget(scene, { wanted, names, known });

  const to = target.metadata.name;
  const content = readContent(family.kind, target);
  refuseMissingKeys(scene, references, content);
  if (diff) showDiff(scene, used, { name: to, content });
  const isRevision = to !== family.base;
  if (names.every((one) => one === to)) {
    scene.say(`${describeWorkload(reference)}: nothing to do, it refers to ${to}`);
  } else {
    refuseObstacle(scene, found, patience === undefined);
    if (isRevision) await touchRevision(scene, to, owner, signal);
  }
  const from = namesOf(family, members);
  await rollTo(scene, { found, from, to, isRevision, patience }, signal);
}

type Wanted = {
  wanted: string | undefined;
  names: readonly string[];
  known: readonly string[];
};

function refuseTarget({ reference, family }: Scene, { wanted, names, known }: Wanted): Error {
  return fatal({
    message:
      wanted === undefined
        ? `nothing is known that ${describeWorkload(reference)} referred to before ${names.join(', ')}`
        : `${wanted} is not a revision of ${family.base}`,
    remedy: `name one of these: ${known.join(', ') || 'there is none'}`,
    exitCode: exitCodes.configuration,
  });
}
