import type { ServerResponse } from 'node:http';
import { escapeJson } from '../../system/escape.ts';

/** No page of another site may load this as something that it is not, or keep it. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': type }).end(`${body}\n`);
}

export function sendJson(response: ServerResponse, json: string): void {
  send(response, 200, 'application/json', escapeJson(json));
}
