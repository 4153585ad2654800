import { explainStatus } from './problem.ts';
import type { KubeRequest } from './request.ts';
import type { ObjectMeta, SourceReference, StatusObject } from './types.ts';

/** What became of a watched object. */
export type ObjectChange = {
  source: SourceReference;
  /** `seen`: it was there when the watch began, and may have been so for long. */
  kind: 'seen' | 'moved' | 'deleted';
  resourceVersion: string;
  /** When it moved, wall clock, in milliseconds; of what was seen, as far as its metadata tell. */
  movedAtMs: number;
};

type Written = Pick<ObjectMeta, 'creationTimestamp' | 'managedFields'>;

/** An object, as far as a watch tells of it here. */
type Watched = { metadata: Written & Pick<ObjectMeta, 'resourceVersion'> };

/** One line of a watch. */
export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: Watched }
  | { type: 'ERROR'; object: StatusObject };

export type WatchedObject = {
  /** The resource version to go on from; `0` begins with what is there. */
  from: () => string;
  /** To begin with what is there; an object that is still the same is no change. */
  startAnew: () => void;
  /** What an event tells. Throws a KubeProblem for one that ends the watch. */
  take: (event: WatchEvent, request: KubeRequest) => ObjectChange | undefined;
};

/** What is known of one object over all the watches of it. @param now The wall clock. */
export function createWatchedObject(source: SourceReference, now: () => number): WatchedObject {
  let from = '0';
  let known: string | undefined;

  const note = ({ metadata }: Watched): ObjectChange | undefined => {
    const { resourceVersion } = metadata;
    from = resourceVersion;
    if (known === resourceVersion) return undefined;
    const kind = known === undefined ? 'seen' : 'moved';
    known = resourceVersion;
    const movedAtMs = kind === 'seen' ? lastWrittenMs(metadata) : now();
    return { source, kind, resourceVersion, movedAtMs };
  };

  return {
    from: () => from,
    startAnew: () => {
      from = '0';
    },
    take: (event, request) => {
      switch (event.type) {
        case 'BOOKMARK':
          from = event.object.metadata.resourceVersion;
          return undefined;
        case 'ADDED':
        case 'MODIFIED':
          return note(event.object);
        case 'DELETED': {
          const { resourceVersion } = event.object.metadata;
          from = resourceVersion;
          // A new object of that name is a change, whatever its version.
          known = '';
          return { source, kind: 'deleted', resourceVersion, movedAtMs: now() };
        }
        case 'ERROR': {
          const { code: status = 500 } = event.object;
          throw explainStatus(request, { status, body: event.object, retryAfterMs: undefined });
        }
        default:
          return event satisfies never;
      }
    },
  };
}

/** Whole seconds, on the API server's clock. The latest of creation and of what any manager wrote. */
export function lastWrittenMs({ creationTimestamp, managedFields = [] }: Written): number {
  const times = [creationTimestamp, ...managedFields.map(({ time }) => time)];
  return Math.max(0, ...times.map((time) => Date.parse(time ?? '')).filter(Number.isFinite));
}
