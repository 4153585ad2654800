import type { Action } from '../act/action.ts';
import { type ActionParts, createAction, createEscalation } from '../act/create.ts';
import { type Counts, createCounts } from '../../config/globs.ts';
import type { Settings } from '../../config/options.ts';
import { readOwnMounts } from '../../system/proc/own-mounts.ts';
import { isWatchedKey, type Mount } from '../mount/mount.ts';
import type { Watched } from '../target/resolution.ts';
import { createResolver, type Resolve, type ResolverInput } from '../target/resolver.ts';
import type { Escalation } from '../act/action.ts';

/** What a rule does, to whom, and for which keys. */
export type Acting = {
  action: Action;
  escalation: Escalation | undefined;
  resolve: Resolve;
  watched: readonly Watched[];
  counts: Counts;
};

/** Made from the settings alone: for the rule, and for who only looks at what it would do. */
export async function createActing(settings: Settings, parts: ActionParts): Promise<Acting> {
  const { table, self, clock, mounts } = parts;
  const { target: spec, select } = settings;
  const action = await createAction(settings, parts);
  const escalation = createEscalation(settings, parts);
  const subPath = acceptSubPath(action, escalation);
  const { signal } = action;
  const input = { spec, select, signal, subPath, table, self, clock };
  return {
    action,
    escalation,
    resolve: settings.restart === 'pod' ? resolveNobody : createResolver(input),
    watched: (await seenByApp(settings, mounts)).map(({ path, volume }) => ({ path, volume })),
    counts: limitTo(mounts, await createCounts(settings)),
  };
}

/** The whole pod is restarted, whoever runs in it. */
const resolveNobody: Resolve = () => ({
  failure: { outcome: 'no-target', reason: 'the whole pod is restarted: no process is looked for' },
});

/** The app is found by what it mounts: of what is published, nothing else. */
async function seenByApp(settings: Settings, mounts: readonly Mount[]): Promise<readonly Mount[]> {
  const { publish } = settings;
  if (publish === undefined) return mounts;
  const { describePublished } = await import('../publish/place.ts');
  return [describePublished({ ...settings, publish }, readOwnMounts())];
}

/** With an escalation to come, the first action need not help them: it is refused, and counted. */
function acceptSubPath(
  action: Action,
  escalation: Escalation | undefined,
): ResolverInput['subPath'] {
  if (action.actsOnSubPath === true) return 'too';
  return escalation?.action.actsOnSubPath === true ? 'alone' : undefined;
}

/** A rule is about its own mounts; one that watches single files of a volume, not about other keys. */
function limitTo(mounts: readonly Mount[], counts: Counts): Counts {
  const only = new Map(mounts.map(({ path, only: paths }) => [path, paths]));
  return (mount, key) =>
    only.has(mount) && isWatchedKey(only.get(mount), key) && counts(mount, key);
}
