import { realpathSync } from 'node:fs';
import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import { createNotice, type Notice } from '../../kubernetes/notice.ts';
import type { OpenOwnPod, OwnPod } from '../../kubernetes/own-pod.ts';
import { patiently } from '../../kubernetes/patiently.ts';
import { sourceKey } from '../../kubernetes/sources.ts';
import { watchObject } from '../../kubernetes/watch.ts';
import type { Mount } from '../mount/mount.ts';
import { patchAnnotation } from '../../kubernetes/sync-annotation.ts';
import { type Behind, expectedAt, objectsBehind } from './behind.ts';
import { createSplay } from './fleet.ts';
import { createRollCall, type RollCall } from './roll-call.ts';
import { createSyncer, type Syncer } from './syncer.ts';

export type PromptInput = {
  openOwnPod: OpenOwnPod;
  mounts: readonly Mount[];
  /** The longest delay before a patch, in milliseconds; `auto`: by the number of replicas. */
  splay: 'auto' | number;
  podName: string;
  clock: Clock;
  random: () => number;
  events: EventBus;
};

/**
 * Prompt sync, until the signal: watches the objects behind the mounts, and has the kubelet sync the
 * own pod when one of them moves, instead of a minute later. Reloading by files goes on whatever
 * happens here.
 */
export async function runPrompt(input: PromptInput, signal: AbortSignal): Promise<void> {
  const { clock, random, events } = input;
  const notice = createNotice('prompt', events);
  const patience = {
    clock,
    random,
    onProblem: (problem: Parameters<Notice>[1]) => notice('pod', problem),
  };
  // What fails for good in one part ends all of it.
  const stop = new AbortController();
  const lifetime = AbortSignal.any([signal, stop.signal]);
  try {
    const own = await patiently(async () => await input.openOwnPod(signal), patience, signal);
    await syncPromptly({ ...input, own, notice }, lifetime);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.abort();
  }
}

type SyncInput = PromptInput & { own: OwnPod; notice: Notice };

async function syncPromptly(input: SyncInput, signal: AbortSignal): Promise<void> {
  const { own, mounts, clock, random, events, notice } = input;
  const objects = objectsBehind(own.pod.spec, mounts, followLinks);
  const started = (watched: readonly string[]): void => {
    events.emit('prompt-started', { objects: watched });
  };
  if (objects.length === 0) return started([]);
  const keys = objects.map(({ source }) => sourceKey(source));
  // Where none may be watched, that has been told already.
  const rollCall = createRollCall(keys, (watched) => watched.length > 0 && started(watched));
  const splayMs = createSplay(input);
  const patch = patchAnnotation(own);
  const syncer = createSyncer({ patch, splayMs, clock, random, events, notice });
  const onTurnEnd = (): void => syncer.look();
  events.on('turn-ended', onTurnEnd);
  const sync = async (): Promise<void> => {
    // The number of replicas is asked for now, so that the first change need not wait for it.
    await splayMs(signal);
    await syncer.run(signal);
  };
  try {
    await Promise.all([sync(), ...objects.map(follow({ ...input, syncer, rollCall }, signal))]);
  } finally {
    events.off('turn-ended', onTurnEnd);
  }
}

type FollowInput = SyncInput & { syncer: Syncer; rollCall: RollCall };

function follow(input: FollowInput, signal: AbortSignal): (behind: Behind) => Promise<void> {
  const { own, syncer, rollCall, notice, clock, random, events } = input;
  const { client, namespace } = own;
  return async (behind) => {
    const { source } = behind;
    const object = sourceKey(source);
    await watchObject(
      {
        client,
        clock,
        namespace,
        source,
        random,
        onChange: (change) => {
          if (change.kind === 'deleted') events.emit('object-deleted', { object });
          for (const awaited of expectedAt(behind, change, clock.now())) syncer.expect(awaited);
        },
        onOpen: () => rollCall.answer(object, true),
        onProblem: (problem) => {
          notice(object, problem);
          if (problem?.kind === 'forbidden') rollCall.answer(object, false);
        },
      },
      signal,
    );
  };
}

/** As far as they are in this container; a path of another one is left as it is. */
function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
