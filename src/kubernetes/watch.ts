import type { Clock } from '../system/clock.ts';
import { pauseAfter } from './backoff.ts';
import type { KubeClient } from './client.ts';
import { parseWatchEvent } from './parse.ts';
import { KubeProblem } from './problem.ts';
import { type KubeRequest, resourceOf } from './request.ts';
import { createSilenceGuard } from './silence.ts';
import type { SourceReference } from './types.ts';
import { createWatchedObject, type ObjectChange } from './watched-object.ts';

export type WatchInput = {
  client: KubeClient;
  clock: Clock;
  namespace: string;
  source: SourceReference;
  /** Between 0 and 1. */
  random: () => number;
  onChange: (change: ObjectChange) => void;
  /** Told each time a watch begins: what changes from now on is heard of. */
  onOpen: () => void;
  /** Told of what goes wrong, and with `undefined` once the watch works again. */
  onProblem: (problem: KubeProblem | undefined) => void;
};

/** How long the server is asked to keep a watch; a part of it is added by chance, so that the watches of a fleet do not end at once. */
const WATCH_S = 240;

/** After that part, the client ends a watch by itself: the connection may be dead. */
const GRACE_MS = 15_000;

/** A watch that has stood for so long works, though nothing may be said on it for minutes. */
const STEADY_MS = 1000;

/**
 * Watches the metadata of one object until the signal, through whatever happens: ended and dropped
 * connections, ones that are half open, 410 Gone, 429, restarts of the API server, expired tokens.
 * Only the verb `watch` is needed: a watch from resource version 0 begins with what is there.
 */
export async function watchObject(input: WatchInput, signal: AbortSignal): Promise<void> {
  const { client, clock, namespace, source, random, onChange, onOpen, onProblem } = input;
  const object = createWatchedObject(source, clock.now);
  /** Watches in a row that were not steady. */
  let failures = 0;

  const becomeSteady = async (lifetime: AbortSignal): Promise<void> => {
    await clock.sleep(STEADY_MS, lifetime);
    failures = 0;
    onProblem(undefined);
  };

  const watchOnce = async (): Promise<void> => {
    const seconds = Math.round(WATCH_S * (1 + random() / 2));
    const request = watchRequest({ namespace, source, from: object.from(), seconds });
    const silence = createSilenceGuard({ clock, limitMs: seconds * 1000 + GRACE_MS, signal });
    const opened = (): void => {
      onOpen();
      // It rejects only when the watch has ended before.
      becomeSteady(silence.signal).catch(() => {});
    };
    try {
      for await (const line of client.stream<unknown>(request, silence.signal, opened)) {
        const event = parseWatchEvent(line, request);
        silence.heard(event?.type === 'BOOKMARK');
        const change = event && object.take(event, request);
        if (change !== undefined) onChange(change);
      }
    } catch (error) {
      // Silence is no problem to report: most likely the connection alone is gone.
      if (silence.expired()) return;
      throw error;
    } finally {
      silence[Symbol.dispose]();
    }
  };

  while (!signal.aborted) {
    let problem: KubeProblem | undefined;
    try {
      await watchOnce();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KubeProblem)) throw error;
      problem = error;
    }
    const wasSteady = failures === 0;
    failures += 1;
    if (problem?.kind === 'gone' || problem?.kind === 'rejected') object.startAnew();
    if (problem !== undefined && problem.kind !== 'gone') onProblem(problem);
    // A server that is shut down ends the watches of a whole fleet at once.
    const comesBack = wasSteady && (problem === undefined || problem.kind === 'gone');
    const pauseMs = comesBack ? STEADY_MS * random() : pauseAfter(problem, failures, random());
    await clock.sleep(pauseMs, signal).catch(() => {});
  }
}

type RequestInput = { namespace: string; source: SourceReference; from: string; seconds: number };

/** RBAC lets a rule with `resourceNames` pass for a watch only with this field selector. */
function watchRequest({ namespace, source, from, seconds }: RequestInput): KubeRequest {
  return {
    ...resourceOf(source.kind),
    verb: 'watch',
    namespace,
    metadataOnly: true,
    query: {
      fieldSelector: `metadata.name=${source.name}`,
      resourceVersion: from,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(seconds),
    },
  };
}
