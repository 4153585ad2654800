import { createNotice } from '../../kubernetes/notice.ts';
import { patiently } from '../../kubernetes/patiently.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { inBackground } from '../../system/background.ts';
import { describeBug, errorCode, Plain, reasonOf } from '../../system/errors.ts';
import { readGeneration } from '../publish/read-generation.ts';
import type { Keeper, Proved, Recalled } from '../rule/keeper.ts';
import type { RuleOfPod } from '../rule/rule-of-pod.ts';
import { keptKind } from './kind.ts';
import { findKeptFor } from './owner.ts';
import { newestOf, putKept } from './put.ts';
import { createStore, type Store } from './store.ts';

/** How long a start waits for an answer. */
const RECALL_MS = 10_000;

/** Keeps content of a rule in the Kubernetes API. */
export function createKeeper(input: RuleOfPod): Keeper & AsyncDisposable {
  const { name: rule, settings, mounts, podName, openOwnPod, clock, events } = input;
  const notice = createNotice('keep', events);
  let opened: Store | undefined;
  const open = async (signal: AbortSignal): Promise<Store> => {
    if (opened !== undefined) return opened;
    const own = await openOwnPod(signal);
    const owner = await findKeptFor(own, signal);
    const kind = keptKind(settings, mounts);
    opened = createStore({ ...own, kind, owner, rule });
    return opened;
  };
  const tellNot = (problem: { message: string; remedy: string }, isOfApi: boolean): void => {
    const { message: reason, remedy } = problem;
    events.emit('not-kept', { rule, reason, remedy, isOfApi });
  };

  const onProblem = (problem: KubeProblem | undefined): void => {
    notice(rule, problem);
    if (problem) tellNot(problem, true);
  };

  const put = async ({ place, hash, mounts: hashes }: Proved, signal: AbortSignal) => {
    const at = new Date(clock.now()).toISOString();
    const work = async (): Promise<void> => {
      const store = await open(signal);
      // Not held in memory while it is waited for the API.
      const files = readGeneration(place);
      const draft = { rule, hash, mounts: hashes, at, by: podName, files };
      const { slot, isNew } = await putKept(store, draft, signal);
      events.emit('kept', { rule, object: store.describe(slot), hash, isNew });
    };
    try {
      await patiently(work, { clock, random: Math.random, onProblem }, signal);
    } catch (error) {
      // Gone from the disk by now: newer content has come, and is kept in its turn.
      if (errorCode(error) === 'ENOENT') return;
      if (signal.aborted || !cannotBeKept(error)) throw error;
      tellNot({ message: `it is not kept: ${reasonOf(error)}`, remedy: SMALLER }, false);
    }
  };

  let running: AsyncDisposable | undefined;
  let last = '';
  return {
    keep: (proved) => {
      const id = `${proved.hash} ${proved.place}`;
      if (id === last) return;
      last = id;
      const before = running;
      running = inBackground(
        async (signal) => {
          await before?.[Symbol.asyncDispose]();
          await put(proved, signal);
        },
        (error) => events.emit('api-problem', { feature: 'keep', ...describeBug(error) }),
      );
    },
    recall: async (signal) => {
      const limit = AbortSignal.timeout(RECALL_MS);
      try {
        return await recall(await open(AbortSignal.any([signal, limit])), signal, limit);
      } catch (error) {
        signal.throwIfAborted();
        if (limit.aborted) return { missing: noAnswer };
        if (!(error instanceof KubeProblem)) throw error;
        notice('recall', error);
        const { message: reason, remedy } = error;
        return { missing: { reason, remedy, isUnknown: true } };
      }
    },
    [Symbol.asyncDispose]: async () => await running?.[Symbol.asyncDispose](),
  };
}

async function recall(store: Store, ...signals: AbortSignal[]): Promise<Recalled> {
  const slots = await store.read(AbortSignal.any(signals));
  const newest = newestOf(slots);
  if (newest !== undefined) return { kept: newest.found.kept, object: store.describe(newest) };
  const damaged = slots.find(({ found }) => found?.is === 'damaged');
  if (damaged === undefined)
    return { missing: { reason: 'nothing was kept yet', isUnknown: false } };
  const object = store.describe(damaged);
  const reason = `${object} is not as it was written: its content does not match its hash`;
  return { missing: { reason, remedy: `delete ${object}`, isUnknown: false } };
}

const noAnswer = {
  reason: `the Kubernetes API has not answered within ${RECALL_MS / 1000} s`,
  isUnknown: true,
};

/** It is too large, or cannot be read. */
function cannotBeKept(error: unknown): boolean {
  return error instanceof Plain || errorCode(error) !== undefined;
}

const SMALLER =
  'make the content smaller, or do without REHUP_KEEP: new pods then start only with valid content';
