// Probes as a kubelet does until it reads a line: node prober.ts FROM PERIOD_MS. Then prints what came of
// it, as JSON. How long a probe may take is not its matter: it says which was the slowest.
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProbeCounts {
  readonly probes: number;
  /** Path and reason of each that failed. */
  readonly failed: readonly string[];
  readonly slowestMs: number;
}

const [localAddress = '', period = '200'] = process.argv.slice(2);
const PATIENCE_MS = 120_000;
const counts = { probes: 0, failed: [] as string[], slowestMs: 0 };

async function probe(path: string): Promise<void> {
  const startMs = performance.now();
  const headers = { 'user-agent': 'kube-probe/1.36', accept: '*/*', connection: 'close' };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const options = { host: '192.0.2.1', port: 9533, localAddress, path, headers, signal };
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  get({ ...options, agent: false }, (response: IncomingMessage) => {
    const { statusCode } = response;
    response.resume().on('close', () => resolve(statusCode === 200 ? undefined : `${statusCode}`));
  }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  const failure = await promise;
  counts.probes += 1;
  counts.slowestMs = Math.max(counts.slowestMs, Math.round(performance.now() - startMs));
  if (failure !== undefined) counts.failed.push(`${path}: ${failure}`);
}

const over = new AbortController();
const end = (): void => over.abort();
process.stdin.once('data', end).once('end', end);
console.log('ready');
while (!over.signal.aborted) {
  for (const path of ['/healthz', '/readyz', '/metrics']) await probe(path);
  if (counts.probes === 3) console.log('probed');
  await delay(Number(period));
}
console.log(JSON.stringify(counts));
process.exit();
