// What prompt sync, waves and rehup apply cost a cluster, by the number of pods: npm run simulate:fleet.
// A simulation of discrete events, the same for the same seed. Its figures are in docs/scale.md.
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { simulateApplies, toApplyTable } from './fleet/apply/table.ts';
import { compareStrategies, toFleetTable } from './fleet/fleet-table.ts';
import { FLEETS, scaleSections } from './fleet/pages.ts';
import { defaultSettings, type FleetSettings, settingNames, settings } from './fleet/settings.ts';
import { renderText } from './fleet/table.ts';
import {
  compareRejections,
  compareWaves,
  toRejectionsTable,
  toWavesTable,
} from './fleet/waves/table.ts';
import { writeSections } from './sections.ts';

type Flags = { pods: number[]; seed: number; json: boolean; write: boolean };

const LEGEND = `
strategy  kubelet: no prompt sync. no splay: all patch at once. auto: the splay that rehup chooses; where
          that is –, the pods watch, and wait for their kubelets
events    bytes of one change, to the watches of the sidecars
patches   that were written; peak/s and mean/s are requests, with the refused ones
429       requests that API Priority and Fairness refused
delay     the longest time that a write waited for others at the control plane
busy      the longest time that the control plane had patches to do without a pause
50 %, …   the time until that part of the pods has the new content in its volume
looks     how often rehup apply asked a sidecar
verdict   the time until the first pod of a wave has said what came of it, after a minute of soaking
writes    of the Lease of a wave
Small fleets are the mean of many runs; peak/s, delay and busy are the worst of them.
`;

const program = new Command('npm run simulate:fleet --')
  .description('Simulate a change of one ConfigMap that all pods of a fleet mount.')
  .option('--pods <list>', 'numbers of pods, comma separated', parsePods, FLEETS)
  .option('--seed <number>', 'another seed, other chances', parseAtLeast(0), 1)
  .option('--json', 'print results as JSON', false)
  .option('--write', 'write the generated tables of docs/scale.md, with the defaults', false)
  .addHelpText('after', LEGEND);

for (const name of settingNames) {
  const { flag, value, meaning, origin, least = 0 } = { least: undefined, ...settings[name] };
  const text = `${meaning.replaceAll('`', '')} (${origin})`;
  program.option(`--${flag} <number>`, text, parseAtLeast(least), value);
}

program.parse();
const { pods, seed, json, write } = program.opts<Flags>();

if (write) {
  const page = { seed: 1, settings: defaultSettings };
  const sections = scaleSections(page, await simulateApplies({ ...page, pods: FLEETS }));
  await writeSections(join(import.meta.dirname, '../docs/scale.md'), sections);
} else {
  const comparison = { pods, seed, settings: readSettings(program.opts()) };
  const results = {
    prompt: compareStrategies(comparison),
    waves: compareWaves(comparison),
    rejections: compareRejections(comparison),
    apply: await simulateApplies(comparison),
  };
  const tables = [
    ['Prompt sync', toFleetTable(results.prompt)],
    ['Waves with good content', toWavesTable(results.waves)],
    ['Waves with bad content', toRejectionsTable(results.rejections)],
    ['rehup apply', toApplyTable(results.apply)],
  ] as const;
  const text = json
    ? JSON.stringify(results, undefined, 2)
    : `${tables.map(([title, table]) => `${title}\n\n${renderText(table)}\n`).join('\n')}${LEGEND}`;
  process.stdout.write(`${text}\n`);
}

function readSettings(given: Readonly<Record<string, number>>): FleetSettings {
  return Object.fromEntries(
    settingNames.map((name) => [name, given[attributeOf(settings[name].flag)]]),
  ) as FleetSettings;
}

/** What commander makes of a flag. */
function attributeOf(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function parseAtLeast(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number) || number < least) {
      throw new InvalidArgumentError(`a number from ${least} is needed.`);
    }
    return number;
  };
}

function parsePods(text: string): number[] {
  const counts = text.split(',').map(parseAtLeast(1));
  if (counts.every(Number.isInteger)) return counts;
  throw new InvalidArgumentError('whole numbers are needed, as in 10,1000.');
}
