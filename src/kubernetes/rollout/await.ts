import type { Clock } from '../../system/clock.ts';
import type { LocatedWorkload } from '../owner.ts';
import { KubeProblem } from '../problem.ts';
import { readProgress } from './progress.ts';

export type AwaitInput = {
  /** Reads the workload anew. Verb: `get`. */
  read: (signal: AbortSignal) => Promise<LocatedWorkload>;
  clock: Clock;
  timeoutMs: number;
  /** Between two looks, in milliseconds. */
  lookEveryMs: number;
  /** Told of each new stage, in words. */
  onProgress?: (reason: string) => void;
  /** Nobody has to wait any longer. */
  isObsolete?: () => boolean;
};

export type RolloutResult =
  | { state: 'ready' | 'obsolete' }
  /** Not ready in time, or the controller has given up. */
  | { state: 'failed' | 'timed-out'; reason: string; remedy: string };

/** Looks at a rollout until it is ready, has failed, or the time is up. */
export async function awaitRollout(input: AwaitInput, signal: AbortSignal): Promise<RolloutResult> {
  const { read, clock, timeoutMs, lookEveryMs, onProgress, isObsolete } = input;
  const deadlineMs = clock.elapsed() + timeoutMs;
  let last = '';
  let what = 'the rollout';
  for (;;) {
    if (isObsolete?.() === true) return { state: 'obsolete' };
    try {
      const found = await read(signal);
      what = `${found.kind} ${found.workload.metadata.name}`;
      const progress = readProgress(found);
      if (progress.state === 'ready') return { state: 'ready' };
      if (progress.state === 'failed') return notReady('failed', what, progress.reason);
      if (progress.reason !== last) onProgress?.(progress.reason);
      last = progress.reason;
    } catch (error) {
      // An API server that is away for a moment does not end the rollout.
      if (!(error instanceof KubeProblem) || !isPassing(error)) throw error;
      last = error.message;
    }
    if (clock.elapsed() >= deadlineMs) return notReady('timed-out', what, last);
    await clock.sleep(lookEveryMs, signal);
  }
}

function isPassing({ kind }: KubeProblem): boolean {
  return ['unreachable', 'timed-out', 'throttled', 'unauthorized'].includes(kind);
}

/** kubectl itself knows nothing of those of Argo. */
function undo(what: string): string {
  const [kind = '', name = ''] = what.split(' ');
  return kind === 'Rollout'
    ? `kubectl argo rollouts undo ${name}`
    : `kubectl rollout undo ${kind.toLowerCase()}/${name}`;
}

function notReady(state: 'failed' | 'timed-out', what: string, reason: string): RolloutResult {
  return {
    state,
    reason: `the rollout of ${what} did not become ready: ${reason}`,
    remedy: `look at its new pods: kubectl describe pods, kubectl logs; go back with ${undo(what)}`,
  };
}
