import { renderMarkdown, type Table } from '../fleet/table.ts';
import { judge, rowOf, type ResultName } from './budgets.ts';
import { drawLatency } from './charts/latency.ts';
import { drawMemory, type Bar } from './charts/memory.ts';
import type { Machine } from './machine.ts';
import { describeMeasurement, formatBudget, formatValue, type Outcome } from './outcome.ts';
import { peers } from './peers.ts';
import type { Report } from './report.ts';

/** The generated sections of docs/performance.md, by name. */
export function performanceSections(report: Report): Record<string, () => string> {
  return {
    figures: () => renderMarkdown(toFiguresTable(report.outcomes)),
    machine: () => describe(report),
  };
}

/** The charts, by file name. Those of which nothing was measured are left out. */
export function performanceCharts({ outcomes, measuredAt }: Report): Record<string, string> {
  const samplesOf = (name: ResultName): readonly number[] => find(outcomes, name)?.samples ?? [];
  const latency = [
    { name: 'default settings', samples: samplesOf('signal-median') },
    { name: '--settle 0s', samples: samplesOf('signal-median-settle-0') },
  ].filter(({ samples }) => samples.length > 0);
  const own: Bar[] = [
    { name: 'rehup, defaults, scraped', result: 'memory' as const },
    { name: 'rehup, listen off', result: 'memory-listen-off' as const },
  ].flatMap(({ name, result }) => {
    const outcome = find(outcomes, result);
    const { most } = rowOf(result);
    if (outcome === undefined) return [];
    return [
      { name, mebibytes: outcome.value, own: true, ...(most !== undefined && { budget: most }) },
    ];
  });
  const others = peers.map((peer) => ({ ...peer, own: false }));
  const foot = `Red: the budget. rehup: measured ${measuredAt.slice(0, 10)}. The others: measured once, on the same node.`;
  return {
    ...(latency.length > 0 && { 'latency.svg': drawLatency(latency) }),
    ...(own.length > 0 && { 'memory.svg': drawMemory([...own, ...others], foot) }),
  };
}

type Measured = Extract<Outcome, { value: number }>;

function find(outcomes: readonly Outcome[], name: ResultName): Measured | undefined {
  const outcome = outcomes.find((each) => each.name === name);
  return outcome && 'value' in outcome ? outcome : undefined;
}

function toFiguresTable(outcomes: readonly Outcome[]): Table {
  return {
    columns: ['figure', 'value', 'budget', '', 'measured'],
    rows: outcomes.map((outcome) => {
      const { title } = rowOf(outcome.name);
      const budget = formatBudget(outcome.name);
      if ('reason' in outcome) return [title, '–', budget, outcome.verdict, outcome.reason];
      const { name, value } = outcome;
      // The budget may have changed since.
      const verdict = judge(name, value);
      const measured = describeMeasurement(outcome);
      return [title, formatValue(name, value), budget, verdict === '–' ? '' : verdict, measured];
    }),
  };
}

function describe({ machine, measuredAt }: Report): string {
  return `Measured on ${measuredAt.slice(0, 10)}, ${measuredAt.slice(11, 16)} UTC: ${describeMachine(machine)}.`;
}

function describeMachine(machine: Machine): string {
  const { cpu, cores, memoryGiB, kernel, cgroup, node, kubernetes, runtime, load } = machine;
  const cluster = kubernetes ? [`Kubernetes ${kubernetes} (${runtime})`] : [];
  const parts = [`${cores} × ${cpu}`, `${memoryGiB} GiB`, `Linux ${kernel}`, `cgroup ${cgroup}`];
  return [...parts, ...cluster, `Node ${node}`, `load average at the start ${load}`].join(', ');
}
