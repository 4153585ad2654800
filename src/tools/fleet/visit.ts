import { FatalError } from '../../system/errors.ts';
import type { Pod } from '../../kubernetes/types.ts';
import type { Sidecar } from '../ask/sidecar.ts';
import { findSidecarOf, requireSidecar } from '../ask/sidecar.ts';
import type { Asker } from './asker.ts';
import type { Visit } from './report.ts';

/** So many at once: more would queue in the API server, which lets a person have a few hundred. */
export const AT_ONCE = 32;

/** Asks the rehup of every pod, each once. Who does not answer is no reason to leave the others. */
export async function visitAll(
  pods: readonly Pod[],
  { asker, container }: { asker: Asker; container: string | undefined },
  signal: AbortSignal,
): Promise<Visit[]> {
  return await inTurns(pods, AT_ONCE, async (pod) => {
    const sidecar = container === undefined ? findSidecarOf(pod) : requireSidecar(pod, container);
    return sidecar === undefined ? { pod, sidecar } : await visit(pod, sidecar, asker, signal);
  });
}

async function visit(
  pod: Pod,
  sidecar: Sidecar,
  asker: Asker,
  signal: AbortSignal,
): Promise<Visit> {
  const problem = whyNotRunning(pod, sidecar);
  if (problem !== undefined) return { pod, sidecar, problem };
  try {
    return { pod, sidecar, answer: await asker.ask({ pod, sidecar }, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FatalError || error instanceof TypeError)) throw error;
    const remedy = 'remedy' in error ? { remedy: String(error.remedy) } : {};
    return { pod, sidecar, problem: { message: error.message, ...remedy } };
  }
}

/** A container that does not run answers nobody, and a connection to it would only take time. */
function whyNotRunning({ metadata, status }: Pod, { container }: Sidecar): Visit['problem'] {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const state = all.find(({ name }) => name === container)?.state;
  if (state?.running !== undefined) return undefined;
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? status?.phase ?? 'unknown';
  return {
    message: `its container ${container} does not run: ${reason}`,
    remedy: `look at the events of the pod: kubectl -n ${metadata.namespace} describe pod ${metadata.name}`,
  };
}

/** Works on so many at once; results are in the order of the items. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const workOff = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, workOff));
  return results;
}
