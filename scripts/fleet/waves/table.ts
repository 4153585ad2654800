import { parseWave } from '../../../src/config/parse.ts';
import { formatCount, formatTime } from '../format.ts';
import type { FleetSettings } from '../settings.ts';
import type { Table } from '../table.ts';
import { simulateWave, type WaveResult } from './simulate.ts';

type Comparison = { pods: readonly number[]; seed: number; settings: FleetSettings };

export type WaveRow = WaveResult & { wave: string };

/** The values of `REHUP_WAVE` that are compared. */
const WAVES = ['1', '1%,10%'];

const SOAK_MS = 60_000;

/** Content that goes well everywhere. */
export function compareWaves({ pods, ...more }: Comparison): WaveRow[] {
  return pods.flatMap((count) =>
    WAVES.map((wave) => {
      const input = { ...more, pods: count, soakMs: SOAK_MS, isBad: false };
      return { ...simulateWave({ ...input, sizes: parseWave(wave) }), wave };
    }),
  );
}

/** Content that no app can work with. */
export function compareRejections({ pods, ...more }: Comparison): WaveResult[] {
  return pods.map((count) =>
    simulateWave({ ...more, pods: count, sizes: [{ pods: 1 }], soakMs: SOAK_MS, isBad: true }),
  );
}

export function toWavesTable(rows: readonly WaveRow[]): Table {
  return {
    columns: ['pods', 'REHUP_WAVE', ...LOAD, 'verdict', ...REACH],
    rows: rows.map((row) => [
      formatCount(row.pods),
      row.wave,
      ...loadCells(row),
      formatSpan(row.verdictMs),
      ...reachCells(row),
    ]),
  };
}

export function toRejectionsTable(rows: readonly WaveResult[]): Table {
  return {
    columns: ['pods', 'pods that had it', 'pods that hold', ...LOAD, 'verdict', ...REACH],
    rows: rows.map((row) => [
      formatCount(row.pods),
      formatCount(row.taken),
      formatCount(row.held),
      ...loadCells(row),
      formatSpan(row.verdictMs),
      ...reachCells(row),
    ]),
  };
}

const LOAD = ['requests', 'peak/s', 'mean/s', '429', 'writes'];
const REACH = ['50 %', '99 %', '100 %'];

function loadCells(row: WaveResult): string[] {
  const { requests, peakPerSecond, meanPerSecond, refused, writes } = row;
  return [requests, peakPerSecond, meanPerSecond, refused, writes].map(formatCount);
}

function reachCells({ halfMs, mostMs, allMs }: WaveResult): string[] {
  return [halfMs, mostMs, allMs].map(formatSpan);
}

/** Waves of large fleets take hours. */
function formatSpan(ms: number): string {
  return ms < 300_000 ? formatTime(ms) : `${Math.round(ms / 60_000)} min`;
}
