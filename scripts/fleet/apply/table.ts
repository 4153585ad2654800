import { formatCount, formatTime } from '../format.ts';
import type { FleetSettings } from '../settings.ts';
import type { Table } from '../table.ts';
import { type ApplyResult, simulateApply } from './simulate.ts';

/** For larger fleets nobody waits in front of a terminal. */
const MOST_PODS = 10_000;

export async function simulateApplies({
  pods,
  ...more
}: {
  pods: readonly number[];
  seed: number;
  settings: FleetSettings;
}): Promise<ApplyResult[]> {
  const results: ApplyResult[] = [];
  for (const count of pods.filter((one) => one <= MOST_PODS)) {
    results.push(await simulateApply({ ...more, pods: count }));
  }
  return results;
}

export function toApplyTable(results: readonly ApplyResult[]): Table {
  return {
    columns: ['pods', 'patches', 'peak/s', '429', 'looks', 'proved in all', '50 %', '100 %'],
    rows: results.map((one) => [
      ...[one.pods, one.patches, one.peakPerSecond, one.refused, one.looks].map(formatCount),
      ...[one.provedMs, one.halfMs, one.allMs].map(formatTime),
    ]),
  };
}
