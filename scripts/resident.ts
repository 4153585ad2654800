// Writes docs/resident.txt: what a sidecar at rest has loaded. npm run resident
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { compareResident, formatResident } from './resident/list.ts';
import { measureResident, type Resident } from './resident/resident.ts';

const { check } = new Command('npm run resident --')
  .description('Write down which modules a sidecar at rest has loaded.')
  .option('--check', 'write nothing; exit code 1 if it is not as written down', false)
  .parse()
  .opts<{ check: boolean }>();

const file = join(import.meta.dirname, '../docs/resident.txt');

/** Nothing more has come for so long. */
const STILL_MS = 3000;

if (check) {
  const written = readFileSync(file, 'utf8');
  const resident = await measureResident((now) => compareResident(written, now).length === 0);
  const differences = compareResident(written, resident);
  for (const line of differences) console.log(line);
  process.exitCode = differences.length === 0 ? 0 : 1;
} else {
  let last = { count: 0, sinceMs: 0 };
  const isStill = ({ modules, builtins }: Resident): boolean => {
    const count = modules.length + builtins.length;
    if (count !== last.count) last = { count, sinceMs: performance.now() };
    return performance.now() - last.sinceMs > STILL_MS;
  };
  writeFileSync(file, formatResident(await measureResident(isStill)));
}
