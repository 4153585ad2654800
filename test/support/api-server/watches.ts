import type { ServerResponse } from 'node:http';
import { answers, type StatusAnswer, statusBody, viewOf } from './answers.ts';
import type { Call } from './call.ts';
import { heard, selects } from './select.ts';
import type { Store, StoredEvent } from './store.ts';

export interface Watches {
  readonly open: (call: Call, response: ServerResponse) => void;
  /** Sends the present version to each, if it has asked for bookmarks. */
  readonly bookmark: () => void;
  /** An event of type ERROR, after which a real server ends the watch. */
  readonly fail: (status: StatusAnswer) => void;
  /** Ends them all in order, as after `timeoutSeconds`. */
  readonly end: () => void;
  /** Those that are open now never hear anything again. */
  readonly forget: () => void;
  readonly count: () => number;
}

/** Each event is a line of JSON, and a chunk of its own. */
export function createWatches(store: Store): Watches {
  const open = new Map<ServerResponse, Call>();
  store.onEvent((event) => {
    for (const [response, call] of open) {
      tell(response, call, event);
    }
  });

  return {
    open: (call, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' });
      response.flushHeaders();
      const from = call.query.get('resourceVersion') ?? '0';
      if (from === '0') {
        for (const object of store.list(call.resource, call.namespace)) {
          if (selects(call, object)) send(response, 'ADDED', viewOf(call, object));
        }
      } else if (Number(from) < store.oldest()) {
        send(response, 'ERROR', statusBody(answers.gone(from, store.oldest())));
        response.end();
        return;
      } else {
        for (const event of store.since(Number(from))) tell(response, call, event);
      }
      open.set(response, call);
      response.on('close', () => open.delete(response));
    },
    bookmark: () => {
      for (const [response, call] of open) {
        if (call.query.get('allowWatchBookmarks') !== 'true') continue;
        const metadata = { resourceVersion: String(store.version()), creationTimestamp: null };
        send(response, 'BOOKMARK', { kind: 'PartialObjectMetadata', metadata });
      }
    },
    fail: (status) => {
      for (const response of open.keys()) {
        send(response, 'ERROR', statusBody(status));
        response.end();
      }
      open.clear();
    },
    end: () => {
      for (const response of open.keys()) response.end();
      open.clear();
    },
    forget: () => open.clear(),
    count: () => open.size,
  };
}

function send(response: ServerResponse, type: string, object: unknown): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function tell(response: ServerResponse, call: Call, event: StoredEvent): void {
  const type = heard(call, event);
  if (type !== undefined) send(response, type, viewOf(call, event.object));
}
