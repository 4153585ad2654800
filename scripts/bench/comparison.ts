import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { LineProcess } from '../../test/support/line-process.ts';
import { createTempDir } from '../../test/support/temp-dir.ts';
import { renderText } from '../fleet/table.ts';
import { parseArrivals } from './app.ts';
import { DOUBLE_MOUNT, startDouble } from './double.ts';
import { buildBundle, nodeCommand } from './inside.ts';
import { createKubeletWriter, type KubeletWriter } from './kubelet-writer.ts';
import { matchUpdates, type Update } from './match.ts';
import { endChildren, readTree } from './node.ts';
import { pace } from './pod.ts';
import { median, quantile } from './statistics.ts';

/** What one program did with the same updates of the same volume, or why it did not. */
export type Compared = { program: string } & (Measured | { reason: string });

type Measured = {
  medianMs: number;
  p99Ms: number;
  /** Signals or requests of all updates together, by their number. */
  perUpdate: number;
  /** Of all updates, those after which the app was never told while their content stood. */
  missed: number;
  early: number;
  anonymousMiB: number;
  residentMiB: number;
  n: number;
};

const UPDATES = 40;
const UPDATES_QUICK = 8;
const WARM_UP = 3;
const APART_MS = 1300;
/** To start, and to put up its watches. */
const SETTLE_MS = 4000;
/** On the loopback of this machine. */
const APP_PORT = 18_533;

/**
 * rehup and other programs in turn: in the same namespaces, made on this machine, on the same volume, for the
 * same app. A program may be several processes; they are counted together.
 */
export async function compare(
  commands: readonly string[],
  { quick }: { quick: boolean },
): Promise<Compared[]> {
  await using stack = new AsyncDisposableStack();
  const { scene, app } = await startDouble(stack, APP_PORT);
  const folder = stack.use(await createTempDir('rehup-bench-'));
  const rehup = [...nodeCommand(), await buildBundle(folder.path)];
  const appPid = pidWithin(app.pid);
  const values = { dir: DOUBLE_MOUNT, pid: String(appPid), url: `http://127.0.0.1:${APP_PORT}/` };
  const programs = [
    { program: 'rehup', command: rehup },
    ...commands.map((program) => ({ program, command: ['/bin/sh', '-c', fill(program, values)] })),
  ];
  const writer = createKubeletWriter(scene.volume('config').root);
  const compared: Compared[] = [];
  let generation = 1;
  for (const { program, command } of programs) {
    const count = WARM_UP + (quick ? UPDATES_QUICK : UPDATES);
    const start = (): Promise<LineProcess> => scene.start('rehup', command);
    compared.push({
      program,
      ...(await tryMeasure({ start, app, writer, from: generation, count })),
    });
    generation += count;
  }
  return compared;
}

async function tryMeasure({ start, ...run }: Run): Promise<Measured | { reason: string }> {
  try {
    await using running = await start();
    // What it has started would outlive it, and hold on to its output.
    using stack = new DisposableStack();
    stack.defer(() => endChildren(running.pid));
    return await measure(running, run);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** `{dir}` and the like, wherever they stand. */
export function fill(command: string, values: Readonly<Record<string, string>>): string {
  return command.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

type Run = {
  start: () => Promise<LineProcess>;
  app: LineProcess;
  writer: KubeletWriter;
  from: number;
  count: number;
};

async function measure(
  running: LineProcess,
  { app, writer, from, count }: Omit<Run, 'start'>,
): Promise<Measured> {
  const ended = await Promise.race([running.exited, delay(SETTLE_MS)]);
  if (ended) throw new Error(`it ended at once. ${running.stderr.join(' ')}`.trimEnd());
  const updates: Update[] = [];
  for (let generation = from; generation < from + count; generation += 1) {
    const update = writer.swap(generation);
    updates.push(update);
    await pace(update.renamedAt, APART_MS);
  }
  const tree = readTree(running.pid);
  const arrivals = parseArrivals(app.lines.join('\n'));
  const counted = updates.slice(WARM_UP);
  const first = counted[0]?.beganAt ?? 0n;
  const { latenciesMs, early } = matchUpdates(counted, arrivals);
  const n = counted.length - 1;
  const last = counted.at(-1)?.beganAt ?? 0n;
  const told = arrivals.filter(({ at }) => at >= first && at < last).length;
  return {
    medianMs: median(latenciesMs),
    p99Ms: quantile(latenciesMs, 0.99),
    perUpdate: told / n,
    missed: n - latenciesMs.length,
    early,
    anonymousMiB: tree.anonymous / 2 ** 20,
    residentMiB: tree.resident / 2 ** 20,
    n,
  };
}

/** As the processes of its own PID namespace know it. */
function pidWithin(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^NSpid:.*\t(\d+)$/m.exec(status)?.[1]);
}

/** Each program, and how many times as much rehup takes. */
export function formatComparison([rehup, ...others]: readonly Compared[]): string {
  const own = rehup && 'n' in rehup ? rehup : undefined;
  const measured = others.filter((one) => 'n' in one);
  const table = renderText({
    columns: [...COLUMNS, 'latency ×', 'anonymous ×'],
    rows: [
      ...(own ? [[...toCells(own), '', '']] : []),
      ...measured.map((one) => [
        ...toCells(one),
        toRatio(own?.medianMs, one.medianMs),
        toRatio(own?.anonymousMiB, one.anonymousMiB),
      ]),
    ],
  });
  const failed = [rehup, ...others].flatMap((one) => (one && 'reason' in one ? [one] : []));
  return [table, ...failed.map(({ program, reason }) => `${program}: FAILED: ${reason}`)].join(
    '\n',
  );
}

const COLUMNS = [
  'program',
  'median',
  'p99',
  'told per update',
  'missed',
  'early',
  'anonymous',
  'resident',
];

function toCells(one: { program: string } & Measured): string[] {
  const { program, medianMs, p99Ms, perUpdate, missed, n, early } = one;
  return [
    program.length > WIDEST ? `${program.slice(0, WIDEST - 1)}…` : program,
    `${medianMs.toFixed(1)} ms`,
    `${p99Ms.toFixed(1)} ms`,
    perUpdate.toFixed(2),
    `${missed} of ${n}`,
    String(early),
    `${one.anonymousMiB.toFixed(1)} MiB`,
    `${one.residentMiB.toFixed(1)} MiB`,
  ];
}

const WIDEST = 50;

function toRatio(own: number | undefined, other: number): string {
  return own === undefined || !(other > 0) ? '–' : (own / other).toFixed(1);
}
