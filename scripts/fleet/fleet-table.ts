import type { FleetResult } from './counts.ts';
import { formatBytes, formatCount, formatTime } from './format.ts';
import type { FleetSettings } from './settings.ts';
import { simulateOften, strategies, type StrategyName } from './strategy.ts';
import type { Table } from './table.ts';

export type FleetRow = FleetResult & {
  strategy: StrategyName;
  splayMs: number | undefined;
  watches: number;
  /** One change, in events to the watches of the sidecars. */
  eventBytes: number;
};

export type Comparison = { pods: readonly number[]; seed: number; settings: FleetSettings };

/** Every strategy for every number of pods. */
export function compareStrategies({ pods, seed, settings }: Comparison): FleetRow[] {
  return pods.flatMap((count) =>
    (Object.keys(strategies) as StrategyName[]).map((strategy) => {
      const splayMs = strategies[strategy](count);
      const watches = strategy === 'kubelet' ? 0 : count;
      const result = simulateOften({ pods: count, seed, splayMs, settings });
      return { ...result, strategy, splayMs, watches, eventBytes: watches * settings.eventBytes };
    }),
  );
}

export function toFleetTable(rows: readonly FleetRow[]): Table {
  return {
    columns: [
      'pods',
      'strategy',
      'splay',
      'watches',
      'events',
      'patches',
      'peak/s',
      'mean/s',
      '429',
      'delay',
      'busy',
      '50 %',
      '99 %',
      '100 %',
    ],
    rows: rows.map((row) => [
      formatCount(row.pods),
      row.strategy,
      formatSplay(row.splayMs),
      formatCount(row.watches),
      formatBytes(row.eventBytes),
      ...loadCells(row),
      ...reachCells(row),
    ]),
  };
}

/** Patches that were written, requests per second with those refused, refusals, and what others feel. */
export function loadCells(result: FleetResult): string[] {
  if (result.requests === 0) return ['0', '–', '–', '–', '–', '–'];
  return [
    formatCount(result.writes),
    formatCount(result.peakPerSecond),
    formatCount(result.meanPerSecond),
    formatCount(result.refused),
    formatTime(result.writeDelayMs),
    formatTime(result.busyMs),
  ];
}

/** The time until a part of the pods has the content. */
export function reachCells({ halfMs, mostMs, allMs }: FleetResult): string[] {
  return [halfMs, mostMs, allMs].map(formatTime);
}

export function formatSplay(splayMs: number | undefined): string {
  if (splayMs === undefined) return '–';
  return splayMs === 0 ? '0 s' : formatTime(splayMs);
}
