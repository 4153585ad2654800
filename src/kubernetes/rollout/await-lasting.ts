import type { Clock } from '../../system/clock.ts';
import { KubeProblem } from '../problem.ts';
import { type AwaitInput, awaitRollout, type RolloutResult } from './await.ts';
import { readProgress } from './progress.ts';

export type AwaitLastingInput = AwaitInput & {
  /** How long it has to stay ready, in milliseconds. */
  surviveMs: number;
  /** The workload, in words. */
  what: string;
};

/**
 * Waits until a rollout is ready and has stayed so for a while: a container without a readiness probe is
 * ready for as long as it takes to read its configuration and to fail.
 */
export async function awaitLastingRollout(
  { surviveMs, what, timeoutMs, ...input }: AwaitLastingInput,
  signal: AbortSignal,
): Promise<RolloutResult> {
  const { clock, onProgress, isObsolete } = input;
  const deadlineMs = clock.elapsed() + timeoutMs;
  for (;;) {
    const leftMs = Math.max(0, deadlineMs - clock.elapsed());
    const result = await awaitRollout({ ...input, timeoutMs: leftMs }, signal);
    const stays = result.state !== 'ready' || (await staysReady(input, surviveMs, signal));
    // What is ready by then is somebody else's rollout.
    if (isObsolete?.() === true) return { state: 'obsolete' };
    if (stays) return result;
    onProgress?.('it was ready, and is not any more');
    if (clock.elapsed() >= deadlineMs) {
      return {
        state: 'timed-out',
        reason: `${what} was ready, and did not stay so for ${surviveMs} ms`,
        remedy: 'look at the log of its pods: kubectl logs --previous',
      };
    }
  }
}

type Stays = { clock: Clock } & Pick<AwaitInput, 'read' | 'lookEveryMs'>;

/** An API server that is away for a moment counts as not ready: the wait goes on. */
async function staysReady(
  { clock, read, lookEveryMs }: Stays,
  surviveMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const endMs = clock.elapsed() + surviveMs;
  try {
    while (clock.elapsed() < endMs) {
      await clock.sleep(Math.min(lookEveryMs, endMs - clock.elapsed()), signal);
      if (readProgress(await read(signal)).state !== 'ready') return false;
    }
    return true;
  } catch (error) {
    if (error instanceof KubeProblem) return false;
    throw error;
  }
}
