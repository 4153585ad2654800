import type { Clock } from '../../system/clock.ts';
import type { KubeClient } from '../client.ts';
import type { LocatedWorkload } from '../owner.ts';
import { KubeProblem } from '../problem.ts';
import { hashLiveContent } from './content-hash.ts';
import { findObstacle } from './obstacle.ts';

/** The annotation of the pod template that holds the hash of the content. Part of the contract. */
export const HASH_ANNOTATION = 'rehup.dev/config-hash';

/** Set beside it by a restart that is asked for although the content is the same. */
const FORCED_ANNOTATION = 'rehup.dev/restarted-at';

export type RollOutInput = {
  client: KubeClient;
  namespace: string;
  /** Reads the workload anew. */
  read: (signal: AbortSignal) => Promise<LocatedWorkload>;
  clock: Clock;
  random: () => number;
  /** Replace the pods even if they were made for this content. */
  force?: boolean;
  /** Let the API server check it, and change nothing. */
  dryRun?: boolean;
};

export type RolledOut = {
  found: LocatedWorkload;
  hash: string;
  /** The template was changed by this call; otherwise it had the hash already. */
  started: boolean;
};

const ATTEMPTS = 10;

/**
 * Writes the hash of the live content into the pod template, which makes the controller replace the
 * pods. N replicas that do so write the same value, and cause one rollout. The workload is read before
 * the content, and the patch holds for that version of it alone: whoever read older content is refused
 * (409) once newer content is written, reads again, and never pushes an old hash back.
 */
export async function rollOut(input: RollOutInput, signal: AbortSignal): Promise<RolledOut> {
  const { clock, random } = input;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryRollOut(input, signal);
    } catch (error) {
      const isConflict = error instanceof KubeProblem && error.kind === 'conflict';
      if (!isConflict || attempt === ATTEMPTS) throw error;
      await clock.sleep(50 + 200 * attempt * random(), signal);
    }
  }
}

async function tryRollOut(input: RollOutInput, signal: AbortSignal): Promise<RolledOut> {
  const { client, namespace, read, force = false } = input;
  const found = await read(signal);
  const obstacle = findObstacle(found);
  if (obstacle) {
    const { reason: message, remedy } = obstacle;
    throw new KubeProblem({ kind: 'rejected', message, remedy });
  }
  const { template } = found.workload.spec;
  const hash = await hashLiveContent(client, { namespace, spec: template.spec }, signal);
  if (!force && template.metadata?.annotations?.[HASH_ANNOTATION] === hash) {
    return { found, hash, started: false };
  }
  await patch(input, found, hash, signal);
  return { found, hash, started: true };
}

async function patch(
  { client, namespace, clock, force, dryRun }: RollOutInput,
  { resource, workload }: LocatedWorkload,
  hash: string,
  signal: AbortSignal,
): Promise<void> {
  const { name, resourceVersion, uid } = workload.metadata;
  const forced = force === true && { [FORCED_ANNOTATION]: new Date(clock.now()).toISOString() };
  const annotations = { [HASH_ANNOTATION]: hash, ...forced };
  const body = {
    metadata: { resourceVersion, uid },
    spec: { template: { metadata: { annotations } } },
  };
  const request = { ...resource, verb: 'patch' as const, patch: 'merge-patch' as const };
  const query = dryRun === true ? { dryRun: 'All' } : {};
  await client.request({ ...request, namespace, name, body, query, metadataOnly: true }, signal);
}
