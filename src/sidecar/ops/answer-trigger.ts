import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TriggerResult } from '../trigger.ts';
import type { Reach } from './reach.ts';
import { send, sendJson } from './send.ts';

type TriggerInput = { reach: Reach; trigger: () => Promise<TriggerResult> };

/**
 * A reload is asked for through a unix socket alone. Over TCP nobody is answered, not over loopback
 * either: that is where proxies, forwarded ports and, with the network of the node, all of the node are.
 */
export async function answerTrigger(
  { method, headers, socket }: IncomingMessage,
  response: ServerResponse,
  { reach, trigger }: TriggerInput,
): Promise<void> {
  if (reach !== 'socket') return send(response, 403, 'text/plain', ELSEWHERE);
  // A proxy in front of the socket is none of ours, and may have a browser before it.
  if (headers.origin !== undefined) {
    return send(response, 403, 'text/plain', 'a reload cannot be triggered by a web page');
  }
  if (method !== 'POST') {
    response.setHeader('allow', 'POST');
    return send(response, 405, 'text/plain', 'a reload is triggered by POST');
  }
  // A reload takes as long as it takes.
  socket.setTimeout(0);
  sendJson(response, JSON.stringify(await trigger()));
}

const ELSEWHERE =
  'a reload is not triggered over the network: kubectl exec POD -c rehup -- rehup trigger';
