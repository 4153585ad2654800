// What a flood of requests adds to the way from a swap to the signal: node scripts/load.ts
import { join } from 'node:path';
import { startDaemon } from '../test/support/bundled-daemon.ts';
import type { KubeletVolume, StepName } from '../test/support/kubelet-volume.ts';
import type { LineProcess } from '../test/support/line-process.ts';
import { createPodScene } from '../test/support/pod-scene.ts';
import { startProgram } from '../test/support/start-program.ts';
import { createTempDir } from '../test/support/temp-dir.ts';
import { median } from './bench/statistics.ts';

export interface Load {
  /** From the rename of `..data` to the app's handler, in milliseconds: the median, nobody asking. */
  readonly quietMs: number;
  /** The same while pages are asked for. */
  readonly loadedMs: number;
  readonly addedMs: number;
  /** That were answered. */
  readonly requestsPerSecond: number;
}

/** What the load may add, and at which rate. */
export const LOAD_BUDGET = { addedMs: 20, requestsPerSecond: 1000 };

const SWAPS = 40;
const PAGES = ['/metrics', '/status'];

/** An app that tells when its handler ran, on the clock that all processes share. */
const APP = `
process.on('SIGHUP', () => console.log('at ' + process.hrtime.bigint()));
process.stdin.resume().on('end', () => process.exit());
console.log('ready');
`;

/** Measures on this machine, in some 30 seconds: the bundle as the image runs it, default settings but for the proof. */
export async function measureLoad(): Promise<Load> {
  await using dir = await createTempDir('load-');
  const mounted = [{ volume: 'config' }];
  await using pod = await createPodScene({
    volumes: { config: { payload: { 'app.conf': '0' } } },
    containers: { app: mounted, rehup: mounted },
  });
  const volume = pod.volume('config');
  const app = await pod.start('app', [process.execPath, '--eval', APP]);
  await app.line('ready');
  const daemon = await startDaemon({
    dir: dir.path,
    // The next swap need not wait for the proof of the last one.
    env: { REHUP_LISTEN: '127.0.0.1:0', REHUP_SURVIVE: '50ms' },
    start: async (command) => await pod.start('rehup', command),
  });
  const port = await daemon.port();
  let count = 0;
  const measure = async (): Promise<number> => {
    const delays: number[] = [];
    for (let index = 0; index < SWAPS; index += 1) {
      delays.push(await measureSwap(volume, String((count += 1)), app));
      await daemon.process.line(/"msg":"reloaded"/);
    }
    return median(delays);
  };

  // What is loaded by the first requests and reloads is no part of it.
  await measure();
  const quietMs = await measure();
  await using flood = await startFlood(port);
  const loadedMs = await measure();
  const requestsPerSecond = await flood.stop();
  return { quietMs, loadedMs, addedMs: loadedMs - quietMs, requestsPerSecond };
}

/** From the rename, which follows its last preparation at once, to the handler; in milliseconds. */
async function measureSwap(
  volume: KubeletVolume,
  content: string,
  app: LineProcess,
): Promise<number> {
  let renamedAt = 0n;
  const between = (step: StepName): void => {
    if (step === 'link-data-tmp') renamedAt = process.hrtime.bigint();
  };
  await volume.write({ 'app.conf': content }, { between });
  const line = await app.line(/^at /);
  return Number(BigInt(line.slice('at '.length)) - renamedAt) / 1e6;
}

interface Flood extends AsyncDisposable {
  /** Returns how many were answered per second. */
  readonly stop: () => Promise<number>;
}

async function startFlood(port: number): Promise<Flood> {
  const program = join(import.meta.dirname, '../test/support/programs/flood.ts');
  const flood = await startProgram([
    process.execPath,
    program,
    String(port),
    String(LOAD_BUDGET.requestsPerSecond),
    ...PAGES,
  ]);
  return {
    stop: async () => {
      flood.say('end');
      const result = JSON.parse(await flood.line(/^\{/)) as { answered: number; seconds: number };
      return result.answered / result.seconds;
    },
    [Symbol.asyncDispose]: async () => await flood[Symbol.asyncDispose](),
  };
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

if (import.meta.main) {
  const { quietMs, loadedMs, addedMs, requestsPerSecond } = await measureLoad();
  console.log(
    `rename to signal: ${ms(quietMs)}; at ${Math.round(requestsPerSecond)} requests/s ${ms(loadedMs)}, so ${ms(addedMs)} more, of ${ms(LOAD_BUDGET.addedMs)} allowed`,
  );
}
