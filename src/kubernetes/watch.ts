import type { Clock } from '../system/clock.ts';
import type { KubeClient } from './client.ts';
import { parseWatchEvent } from './parse.ts';
import { keepWatching } from './keep-watching.ts';
import type { KubeProblem } from './problem.ts';
import { type KubeRequest, resourceOf } from './request.ts';
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

/**
 * Watches the metadata of one object until the signal. Only the verb `watch` is needed: a watch from
 * resource version 0 begins with what is there.
 */
export async function watchObject(input: WatchInput, signal: AbortSignal): Promise<void> {
  const { client, clock, namespace, source, random, onChange, onOpen, onProblem } = input;
  const object = createWatchedObject(source, clock.now);
  const take = (line: unknown, request: KubeRequest): 'bookmark' | 'news' => {
    const event = parseWatchEvent(line, request);
    const change = event && object.take(event, request);
    if (change !== undefined) onChange(change);
    return event?.type === 'BOOKMARK' ? 'bookmark' : 'news';
  };
  const request = (seconds: number): KubeRequest =>
    watchRequest({ namespace, source, from: object.from(), seconds });
  const { startAnew } = object;
  await keepWatching(
    { client, clock, random, startAnew, request, take, onOpen, onProblem },
    signal,
  );
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
