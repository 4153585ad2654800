import type { KubeClient } from '../../src/kubernetes/client.ts';
import type { KubeRequest } from '../../src/kubernetes/request.ts';

/** A watch that somebody has asked for. It hears nothing until the test says something. */
export interface ScriptedStream {
  readonly request: KubeRequest;
  /** The answer begins. */
  readonly open: () => void;
  readonly send: (item: unknown) => void;
  /** The server ends it. */
  readonly end: () => void;
  readonly fail: (problem: Error) => void;
  /** The client has left. */
  readonly isLeft: () => boolean;
}

export interface ScriptedClient {
  readonly client: KubeClient;
  /** All streams that were asked for so far. */
  readonly streams: readonly ScriptedStream[];
  /** The one that was asked for last. */
  readonly last: () => ScriptedStream;
}

type Item = { item: unknown } | { problem: Error } | 'end';

/** A client whose watches do what the test says, on the test's own time. */
export function createScriptedClient(): ScriptedClient {
  const streams: ScriptedStream[] = [];

  const watch: KubeClient['stream'] = async function* watch<Result>(
    request: KubeRequest,
    signal: AbortSignal,
    onOpen?: () => void,
  ) {
    const queue: Item[] = [];
    let wake: (() => void) | undefined;
    const push = (item: Item): void => {
      queue.push(item);
      wake?.();
    };
    let left = false;
    streams.push({
      request,
      open: () => onOpen?.(),
      send: (item) => push({ item }),
      end: () => push('end'),
      fail: (problem) => push({ problem }),
      isLeft: () => left,
    });
    const aborted = (): void => wake?.();
    signal.addEventListener('abort', aborted);
    try {
      for (;;) {
        signal.throwIfAborted();
        const next = queue.shift();
        if (next === 'end') return;
        if (next === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ('problem' in next) throw next.problem;
        else yield next.item as Result;
      }
    } finally {
      left = true;
      signal.removeEventListener('abort', aborted);
    }
  };

  return {
    client: {
      stream: watch,
      request: async () => {
        throw new Error('only watches are scripted');
      },
    },
    streams,
    last: () => {
      const stream = streams.at(-1);
      if (stream === undefined) throw new Error('nobody has asked for a watch');
      return stream;
    },
  };
}
