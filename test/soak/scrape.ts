import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { inBackground } from '../../src/system/background.ts';
import type { StatusDocument } from '../../src/sidecar/report/status/document.ts';

/** One page, over a connection of its own. */
export async function fetchPage(port: number, path: string): Promise<string> {
  const request = get({ host: '127.0.0.1', port, path, agent: false });
  request.setTimeout(10_000, () => request.destroy(new Error(`${path} did not answer`)));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = await readText(response);
  if (response.statusCode === 200) return text;
  throw new Error(`${path} answered ${response.statusCode}: ${text}`);
}

export async function fetchStatus(port: number): Promise<StatusDocument> {
  return JSON.parse(await fetchPage(port, '/status')) as StatusDocument;
}

/** The sum of a counter over all series with these labels. */
export function readCounter(metrics: string, name: string, label: string): number {
  const values = metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  return values.reduce((sum, value) => sum + value, 0);
}

/** Asks for both pages once a second, as a Prometheus in a hurry would, until disposed of. */
export function startScraping(
  port: number,
  { onScraped, onFailure }: { onScraped: () => void; onFailure: (reason: string) => void },
): AsyncDisposable {
  const scrape = async (): Promise<void> => {
    try {
      await fetchPage(port, '/metrics');
      await fetchStatus(port);
      onScraped();
    } catch (error) {
      onFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return inBackground(
    async (signal) => {
      for (;;) {
        await scrape();
        await delay(1000, undefined, { signal });
      }
    },
    ({ message }) => onFailure(message),
  );
}
