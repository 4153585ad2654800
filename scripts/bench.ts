// How fast and how heavy rehup is, against what it may be: npm run bench. Most of it is measured in pods of the
// cluster that KUBECONFIG points to; the image has to be loaded there, and the node has to be this machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';

import { compare, formatComparison } from './bench/comparison.ts';
import { groups } from './bench/figures.ts';
import { describeMachine } from './bench/machine.ts';
import { formatOutcome, isOver } from './bench/outcome.ts';
import { performanceCharts, performanceSections } from './bench/page.ts';
import { mergeReports, readReport, writeReport, type Report } from './bench/report.ts';
import { measureAll } from './bench/run.ts';
import { writeSections } from './sections.ts';

type Flags = {
  only?: readonly string[];
  quick: boolean;
  image: string;
  json?: string;
  docs: boolean;
  against: readonly string[];
};

const USAGE = 2;
const figures = groups.flat();
const docs = join(import.meta.dirname, '../docs');

const program = new Command('npm run bench --')
  .description('Measure what rehup takes, in pods of the cluster that KUBECONFIG points to.')
  .option('--only <names...>', `figures to measure: ${figures.map(({ name }) => name).join(', ')}`)
  .option('--quick', 'fewer repetitions: to see that it works, not to quote', false)
  .option('--image <name>', 'image of rehup, loaded into the node', 'ghcr.io/rehup/rehup:e2e')
  .option('--json <file>', 'write the results there, with all samples')
  .option('--docs', 'write the results, tables and charts of docs/performance.md', false)
  .option(
    '--against <command>',
    'compare with this program, on this machine; may be repeated. {dir} is the watched folder, {pid} the process for SIGHUP, {url} what takes a POST',
    (command: string, before: readonly string[]) => [...before, command],
    [],
  )
  .addHelpText(
    'after',
    `
With --against and without --only, nothing but the comparison is made.

Examples:
  npm run bench
  npm run bench -- --only memory signal --quick
  npm run bench -- --against 'inotifywait -qme moved_to {dir} | while read -r _; do kill -HUP {pid}; done'
  npm run bench -- --against 'configmap-reload --volume-dir={dir} --webhook-url={url}'

Exit codes: 0 all within budget or not measured, 1 over budget or failed, 2 wrong usage
`,
  )
  .exitOverride();

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    program.parse();
    return await run(program.opts<Flags>());
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
}

async function run({ only, quick, image, json, docs: toDocs, against }: Flags): Promise<number> {
  const unknown = (only ?? []).filter((wanted) => figures.every(({ name }) => name !== wanted));
  if (unknown.length > 0) program.error(`error: no figure is called ${unknown.join(', ')}`);
  if (toDocs && quick)
    program.error('error: a quick run is nothing to quote: --docs without --quick');
  const isWanted = (name: string): boolean => only?.includes(name) ?? against.length === 0;
  const chosen = groups.map((group) => group.filter(({ name }) => isWanted(name)));

  const machine = await describeMachine();
  const measuredAt = new Date().toISOString();
  const outcomes = await measureAll(chosen, { quick, image }, (outcome) => {
    print(formatOutcome(outcome));
  });
  const comparison = against.length === 0 ? undefined : await compare(against, { quick });
  if (comparison) print(formatComparison(comparison));
  const report = { measuredAt, machine, outcomes, ...(comparison && { comparison }) };
  if (json !== undefined) await writeReport(json, report);
  if (toDocs) await writeDocs(report);
  const failed = comparison?.some((compared) => 'reason' in compared) ?? false;
  return failed || outcomes.some(isOver) ? 1 : 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function writeDocs(report: Report): Promise<void> {
  const results = join(docs, 'performance.json');
  await writeReport(results, mergeReports(readReport(results), report));
  // What is drawn is what anybody can read in the file, with its rounded numbers.
  const merged = readReport(results) ?? report;
  mkdirSync(join(docs, 'performance'), { recursive: true });
  for (const [name, chart] of Object.entries(performanceCharts(merged))) {
    writeFileSync(join(docs, 'performance', name), chart);
  }
  await writeSections(join(docs, 'performance.md'), performanceSections(merged));
}
