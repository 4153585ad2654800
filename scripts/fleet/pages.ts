import { promptSplayMs } from '../../src/sidecar/prompt/splay.ts';
import type { ApplyResult } from './apply/simulate.ts';
import { toApplyTable } from './apply/table.ts';
import { calculate } from './arithmetic.ts';
import type { FleetResult } from './counts.ts';
import {
  compareStrategies,
  formatSplay,
  loadCells,
  reachCells,
  toFleetTable,
} from './fleet-table.ts';
import { formatBytes, formatCount, formatTime } from './format.ts';
import { type FleetSettings, settingNames, settings as table } from './settings.ts';
import { simulateOften } from './strategy.ts';
import { renderMarkdown, type Table } from './table.ts';
import { compareRejections, compareWaves, toRejectionsTable, toWavesTable } from './waves/table.ts';

/** The fleets of docs/scale.md. */
export const FLEETS = [10, 100, 1000, 3000, 10_000, 100_000];

/** The fleets whose waves are shown there. */
const WAVE_FLEETS = [10, 1000, 10_000, 100_000];

/** The fleet whose rates and splays are compared: the largest that upstream supports in a namespace. */
const PODS = 3000;

const LOAD = ['patches', 'peak/s', 'mean/s', '429', 'delay', 'busy'];
const REACH = ['50 %', '99 %', '100 %'];

type Page = { seed: number; settings: FleetSettings };

/**
 * The generated sections of docs/scale.md, by name.
 *
 * @param applies What it says of `rehup apply` was simulated before: that waits.
 */
export function scaleSections(
  page: Page,
  applies: readonly ApplyResult[],
): Record<string, () => string> {
  const tables: Record<string, () => Table> = {
    fleets: () => toFleetTable(compareStrategies({ ...page, pods: FLEETS })),
    splay: () => toSplayTable(),
    waves: () => toWavesTable(compareWaves({ ...page, pods: WAVE_FLEETS })),
    rejections: () => toRejectionsTable(compareRejections({ ...page, pods: WAVE_FLEETS })),
    apply: () => toApplyTable(applies),
    rates: () => toRateTable(page),
    splays: () => toSplaysTable(page),
    bursts: () => toBurstTable(page),
    kubelets: () => toKubeletTable(page),
    check: () => toCheckTable(page),
    arithmetic: () => toArithmeticTable(page.settings),
    settings: () => toSettingsTable(page.settings),
  };
  return Object.fromEntries(
    Object.entries(tables).map(([name, make]) => [name, () => renderMarkdown(make())]),
  );
}

function toSplayTable(): Table {
  const counts = [10, 50, 100, 300, 1000, 3000, 6000, 10_000];
  return {
    columns: ['replicas', 'splay'],
    rows: counts.map((count) => {
      const splayMs = promptSplayMs(count);
      const splay = splayMs === undefined ? 'no patches: the kubelet is waited for' : undefined;
      return [formatCount(count), splay ?? formatSplay(splayMs)];
    }),
  };
}

/** The same fleet with different rates, on control planes of different strength. */
function toRateTable({ seed, settings }: Page): Table {
  const cases = [200, 500].flatMap((writesPerSecond) =>
    [50, 100, 200, 300, 500, 1000].map((rate) => ({ writesPerSecond, rate })),
  );
  return {
    columns: ['control plane does', 'patches asked for', ...LOAD, ...REACH],
    rows: cases.map(({ writesPerSecond, rate }) => {
      const splayMs = (1000 * PODS) / rate;
      const result = run({ seed, splayMs, settings: { ...settings, writesPerSecond } });
      return [`${writesPerSecond}/s`, `${rate}/s`, ...loadCells(result), ...reachCells(result)];
    }),
  };
}

/** What a longer splay leaves of the gain. */
function toSplaysTable({ seed, settings }: Page): Table {
  const seconds = [undefined, 0, 10, 20, 30, 45, 60, 75, 90, 120];
  return {
    columns: ['splay', 'patches', 'pods that their kubelet reached first', 'mean', ...REACH],
    rows: seconds.map((splayS) => {
      const splayMs = splayS === undefined ? undefined : 1000 * splayS;
      const result = run({ seed, splayMs, settings });
      return [
        splayS === undefined ? 'kubelet alone' : `${splayS} s`,
        formatCount(result.writes),
        `${Math.round((100 * result.unasked) / result.pods)} %`,
        formatTime(result.meanMs),
        ...reachCells(result),
      ];
    }),
  };
}

/** So many pods at once, without a splay. */
function toBurstTable({ seed, settings }: Page): Table {
  return {
    columns: ['pods at once', ...LOAD, ...REACH],
    rows: [10, 20, 50, 100, 200, 300, 500, 1000].map((pods) => {
      const result = simulateOften({ pods, seed, splayMs: 0, settings });
      return [formatCount(pods), ...loadCells(result), ...reachCells(result)];
    }),
  };
}

/** A kubelet that asks the API server at each sync, and limits itself. Full nodes, strong control plane. */
function toKubeletTable({ seed, settings }: Page): Table {
  const cases = [
    { strategy: '`Watch` (default)', kubeletReads: 0, kubeletQps: 50, kubeletBurst: 100 },
    { strategy: '`Get`, 1 object per pod', kubeletReads: 1, kubeletQps: 50, kubeletBurst: 100 },
    { strategy: '`Get`, 3 objects per pod', kubeletReads: 3, kubeletQps: 50, kubeletBurst: 100 },
    { strategy: '`Get`, 1 object per pod', kubeletReads: 1, kubeletQps: 5, kubeletBurst: 10 },
  ];
  return {
    columns: ['change detection', 'requests of a kubelet', 'patches', ...REACH],
    rows: cases.map(({ strategy, ...kubelet }) => {
      const merged = { ...settings, ...kubelet, writesPerSecond: 5000, seats: 5000 };
      const pods = 10 * settings.podsPerNode;
      const result = simulateOften({ pods, seed, splayMs: 0, settings: merged });
      const limit = `${kubelet.kubeletQps}/s, burst ${kubelet.kubeletBurst}`;
      return [strategy, limit, formatCount(result.writes), ...reachCells(result)];
    }),
  };
}

/**
 * The model against the cluster that docs/scale.md tells of: Kubernetes 1.20 with its shares (100 of
 * 205), and few watches of pods.
 */
function toCheckTable({ seed, settings }: Page): Table {
  const cluster = { ...settings, seats: 293, podWatchers: 0, writesPerSecond: 400, lateNodes: 0 };
  const refusals = run({ seed, pods: 1500, splayMs: 0, settings: cluster }).refusedAtFirst;
  const alone = run({ seed, pods: 60, splayMs: undefined, settings: cluster });
  const prompted = run({ seed, pods: 60, splayMs: 0, settings: cluster });
  return {
    columns: ['what', 'measured', 'simulated'],
    rows: [
      [
        'patches of 1500 sent at once that are refused',
        '856, 856, and 906 under other load',
        formatCount(refusals),
      ],
      [
        'kubelet alone, 60 pods: 50 % and 100 %',
        '41 to 61 s, and 74 to 87 s',
        `${formatTime(alone.halfMs)}, and ${formatTime(alone.allMs)}`,
      ],
      [
        'prompt sync, 60 pods of one node at once: 100 %',
        '0.3 to 0.7 s',
        formatTime(prompted.allMs),
      ],
    ],
  };
}

function toArithmeticTable(settings: FleetSettings): Table {
  return {
    columns: [
      'pods',
      'watches',
      'memory of the API servers',
      'new watches',
      'their CPU',
      'events of one change',
      'etcd history of one change',
    ],
    rows: FLEETS.map((pods) => {
      const sum = calculate(pods, settings);
      return [
        formatCount(pods),
        formatCount(sum.watches),
        formatBytes(sum.watchBytes),
        `${toTwoDigits(sum.watchRequestsPerSecond)}/s`,
        `${toTwoDigits(100 * sum.watchCores)} % of a core`,
        formatBytes(sum.changeBytes),
        sum.etcdBytes === 0 ? '–' : formatBytes(sum.etcdBytes),
      ];
    }),
  };
}

function toTwoDigits(value: number): string {
  return value < 100 ? value.toPrecision(2) : formatCount(value);
}

function toSettingsTable(settings: FleetSettings): Table {
  return {
    columns: ['flag', 'value', 'from', 'meaning'],
    rows: settingNames.map((name) => {
      const { flag, origin, meaning } = table[name];
      const value = settings[name] >= 1 ? formatCount(settings[name]) : String(settings[name]);
      return [`\`--${flag}\``, value, origin, meaning];
    }),
  };
}

function run(scenario: Page & { pods?: number; splayMs: number | undefined }): FleetResult {
  return simulateOften({ pods: PODS, ...scenario });
}
