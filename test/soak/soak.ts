import { setTimeout as delay } from 'node:timers/promises';
import { toError } from '../../src/system/errors.ts';
import type { Held } from '../support/bundled-daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { mainContent, makePayload } from './content.ts';
import type { SoakRecord } from './judge.ts';
import { createSoakScene, type SoakScene } from './scene.ts';
import { fetchPage, fetchStatus, readCounter, startScraping } from './scrape.ts';

export interface Progress {
  readonly updates: number;
  readonly loads: number;
  readonly settled: number;
  readonly scrapes: number;
  /** Anonymous memory under load. */
  readonly kib: number;
}

export interface SoakOptions {
  readonly forMs: number;
  /** Told after each round. */
  readonly onProgress: (progress: Progress) => void;
}

const SWAP_EVERY_MS = 100;
/** Then no update comes until the last one is applied. */
const UPDATES_PER_ROUND = 100;
/** Each ends with a rest, in which nobody asks for anything. */
const STAGES = 4;
const DEADLINE = { deadlineMs: 60_000 };
const CALM_MS = 4000;

/** Swaps a volume ten times a second, asks for the pages once a second, and tells what was seen. */
export async function soak({ forMs, onProgress }: SoakOptions): Promise<SoakRecord> {
  await using scene = await createSoakScene();
  const { daemon, port } = scene;
  const failures: string[] = [];
  const rests: (Held & { kib: number })[] = [];
  const progress = { updates: 0, settled: 0, scrapes: 0 };

  const playStage = async (untilMs: number): Promise<void> => {
    await using _scraping = startScraping(port, {
      onScraped: () => (progress.scrapes += 1),
      onFailure: (reason) => failures.push(`scrape: ${reason}`),
    });
    while (performance.now() < untilMs) {
      progress.updates = await playRound(scene, progress.updates);
      progress.settled += 1;
      onProgress({ ...progress, loads: scene.loads().length, kib: daemon.anonymousKiB() });
    }
  };

  const startMs = performance.now();
  try {
    for (let stage = 1; stage <= STAGES; stage += 1) {
      await playStage(startMs + (forMs * stage) / STAGES);
      rests.push({ kib: await restKiB(scene), ...(await daemon.held()) });
    }
  } catch (error) {
    failures.push(toError(error).message);
  }
  failures.push(...scene.ended());
  const reloadsCounted = await countReloads(port).catch(() => Number.NaN);
  const exitCode = await daemon.stop();
  if (exitCode !== 0) failures.push(`rehup ended with ${exitCode}`);
  const { lines, stderr } = daemon.process;
  return {
    updates: progress.updates,
    loads: scene.loads().length,
    reloads: lines.flatMap((line) =>
      /"msg":"reloaded"/.test(line) ? (/"hash":"(\w+)"/.exec(line)?.[1] ?? '') : [],
    ),
    reloadsCounted,
    rests,
    complaints: [...lines.filter((line) => /"level":"(?:warn|error)"/.test(line)), ...stderr],
    failures,
  };
}

/** Updates at their pace, and then none until all is applied. Returns the number of the last one. */
async function playRound(
  { volume, loads, port, ended }: SoakScene,
  before: number,
): Promise<number> {
  const last = before + UPDATES_PER_ROUND;
  const startMs = performance.now();
  for (let update = before + 1; update <= last; update += 1) {
    if (ended().length > 0) throw new Error(`broken off at update ${update}`);
    await volume.write(makePayload(update));
    await delay(Math.max(0, startMs + (update - before) * SWAP_EVERY_MS - performance.now()));
  }
  const isApplied = async (): Promise<boolean> =>
    loads().at(-1) === mainContent(last) &&
    Object.values((await fetchStatus(port)).rules).every(({ state }) => state === 'applied');
  await waitFor(`update ${last} to be applied`, isApplied, DEADLINE);
  return last;
}

/** Anonymous memory once it does not change any more: nobody asks, and garbage has been collected. */
async function restKiB({ daemon }: SoakScene): Promise<number> {
  let kib = daemon.anonymousKiB();
  let sinceMs = performance.now();
  const isCalm = (): boolean => {
    const now = daemon.anonymousKiB();
    if (now !== kib) sinceMs = performance.now();
    kib = now;
    return performance.now() - sinceMs > CALM_MS;
  };
  await waitFor('rehup to be at rest', isCalm, DEADLINE);
  return kib;
}

async function countReloads(port: number): Promise<number> {
  const metrics = await fetchPage(port, '/metrics');
  return readCounter(metrics, 'rehup_reloads_total', 'outcome="reloaded"');
}
