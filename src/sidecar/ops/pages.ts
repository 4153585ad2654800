import type { ServerResponse } from 'node:http';
import type { Health } from '../report/health.ts';
import type { Metrics } from '../report/metrics.ts';
import type { StatusSources } from '../report/status/describe.ts';
import type { Tally } from '../report/tally.ts';
import { send, sendJson } from './send.ts';
import { shareInTurn } from './share-in-turn.ts';

export type PageSources = {
  health: Health;
  status: StatusSources;
  tally: Tally;
  build: { version: string; node: string };
};

/** What was asked beside the path. */
type Asked = {
  /** Hashes are to be made by this key, too. */
  compareBy: string | undefined;
  /** By somebody in the pod, or by a forwarded port. */
  isOwn: boolean;
};

type Page = (response: ServerResponse, asked: Asked) => void | Promise<void>;

/** What can be looked at, by its path. What takes memory is loaded by the first request for it. */
export function createPages({ health, status, tally, build }: PageSources): Record<string, Page> {
  let metrics: Metrics | undefined;
  const renderStatus = shareInTurn(async () => {
    const { describeStatus } = await import('../report/status/describe.ts');
    return JSON.stringify(describeStatus(status), null, 2);
  });
  const renderMetrics = shareInTurn(async () => {
    const { createMetrics } = await import('../report/metrics.ts');
    metrics ??= createMetrics(tally, build);
    return { contentType: metrics.contentType, text: await metrics.render() };
  });
  return {
    '/healthz': (response) => answer(response, health.isAlive(), 'ok', 'the loop is stuck'),
    '/readyz': async (response, { isOwn }) => {
      const isReady = health.isReady();
      const why = isReady ? '' : await explainNotReady(status, isOwn);
      answer(response, isReady, 'ready', why);
    },
    '/status': async (response, { compareBy: key }) => {
      if (key === undefined) return sendJson(response, await renderStatus());
      const { describeStatus, keyedBy } = await import('../report/status/describe.ts');
      return sendJson(
        response,
        JSON.stringify(describeStatus({ ...status, compareBy: keyedBy(key) })),
      );
    },
    '/metrics': async (response) => {
      const { contentType, text } = await renderMetrics();
      send(response, 200, contentType, text);
    },
    '/': async (response) => {
      const { page, pageHeaders } = await import('../page/page.ts');
      for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
      send(response, 200, 'text/html; charset=utf-8', page);
    },
  };
}

/** Only what publishes waits for more than its mounts. */
async function explainNotReady({ rules, tracked }: StatusSources, isOwn: boolean): Promise<string> {
  if (rules().every((rule) => rule.isPublished())) return 'not every mount has been read yet';
  const { explainUnpublished } = await import('./not-ready.ts');
  return explainUnpublished(rules(), tracked, isOwn);
}

function answer(response: ServerResponse, good: boolean, yes: string, no: string): void {
  send(response, good ? 200 : 503, 'text/plain', good ? yes : no);
}
