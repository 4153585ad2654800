import type { Clock } from '../../system/clock.ts';
import type { Notice } from '../../kubernetes/notice.ts';
import type { OpenOwnPod, OwnPod } from '../../kubernetes/own-pod.ts';
import { patiently } from '../../kubernetes/patiently.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { PodEvent } from './describe.ts';
import { planWrite, type Series, seriesKey } from './series.ts';
import { countRequest, createRequest, eventName } from './write.ts';

export type RecorderInput = {
  openOwnPod: OpenOwnPod;
  clock: Clock;
  random: () => number;
  notice: Notice;
};

export type Recorder = {
  /** Takes an event to be written. Never waits, never throws. */
  record: (event: PodEvent) => void;
  /** Writes until the signal. */
  run: (signal: AbortSignal) => Promise<void>;
};

/** What waits while the API server is away; the oldest are dropped beyond that. */
const QUEUE = 20;

/** Kinds of events whose series are remembered. */
const REMEMBERED = 50;

/** An event that cannot be written for so long is no news any more, in milliseconds. */
const STALE_MS = 10 * 60_000;

type Queued = { event: PodEvent; nowMs: number; atMs: number };

/** Writes events one after the other; equal ones become one that is counted. */
export function createRecorder({ openOwnPod, clock, random, notice }: RecorderInput): Recorder {
  const queue: Queued[] = [];
  const written = new Map<string, Series>();
  let sequence = 0;
  let wake: (() => void) | undefined;

  const remember = (key: string, series: Series): void => {
    written.delete(key);
    written.set(key, series);
    const [oldest] = written.keys();
    if (written.size > REMEMBERED && oldest !== undefined) written.delete(oldest);
  };

  const write = async (own: OwnPod, queued: Queued, signal: AbortSignal): Promise<void> => {
    const { event, nowMs } = queued;
    const { client, pod } = own;
    const key = seriesKey(event);
    const before = written.get(key);
    const step = planWrite(before, clock.elapsed());
    if (step.do === 'wait') {
      if (before) remember(key, { ...before, count: before.count + 1 });
      return;
    }
    if (step.do === 'count') {
      const { name, count } = step;
      try {
        await client.request(countRequest(own, { name, count, nowMs }), signal);
        remember(key, { name, count, writtenMs: clock.elapsed() });
        return;
      } catch (error) {
        // Forgotten by the API server: it is written anew.
        if (!(error instanceof KubeProblem) || error.kind !== 'not-found') throw error;
      }
    }
    sequence += 1;
    const name = eventName(pod.metadata.name, nowMs, sequence);
    await client.request(createRequest(own, { event, name, nowMs }), signal);
    remember(key, { name, count: 1, writtenMs: clock.elapsed() });
  };

  const writeNext = async (queued: Queued, signal: AbortSignal): Promise<void> => {
    let tried = false;
    const onProblem = (problem: KubeProblem | undefined): void => {
      if (tried) notice('write', problem);
    };
    await patiently(
      async () => {
        tried = clock.elapsed() - queued.atMs <= STALE_MS;
        if (tried) await write(await openOwnPod(signal), queued, signal);
      },
      { clock, random, onProblem },
      signal,
    );
  };

  return {
    record: (event) => {
      if (queue.length >= QUEUE) queue.shift();
      queue.push({ event, nowMs: clock.now(), atMs: clock.elapsed() });
      wake?.();
    },
    run: async (signal) => {
      signal.addEventListener('abort', () => wake?.(), { once: true });
      while (!signal.aborted) {
        const next = queue.shift();
        if (next !== undefined) await writeNext(next, signal);
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
