// A swap each 100 ms for a long time: npm run soak -- --for 1h. Ends with 1 if anything is wrong.
import { Command } from 'commander';
import { parsePositiveDuration } from '../../src/config/parse.ts';
import { findViolations, GROWTH_BUDGET_KIB, growthKiB } from './judge.ts';
import { pidNamespaces } from '../support/abilities.ts';
import { type Progress, soak } from './soak.ts';

const { for: duration } = new Command('npm run soak --')
  .description('Swap the content ten times a second, and see what was lost, and what grew.')
  .option('--for <duration>', 'how long, as 90s, 2m or 1h', '2m')
  .parse()
  .opts<{ for: string }>();
const forMs = parsePositiveDuration(duration);
const showMiB = (kib: number): string => `${(kib / 1024).toFixed(1)} MiB`;

const SAY_EVERY_MS = 60_000;
let saidMs = performance.now();
const say = ({ updates, loads, settled, scrapes, kib }: Progress): void => {
  if (performance.now() - saidMs < SAY_EVERY_MS) return;
  saidMs += SAY_EVERY_MS;
  console.log(
    `${updates} updates, ${loads} reloads, ${settled} times settled, ${scrapes} scrapes, ${showMiB(kib)} under load`,
  );
};

if (pidNamespaces.missing) throw new Error(`no soak${pidNamespaces.note}`);
const record = await soak({ forMs, onProgress: say });
const violations = findViolations(record);
for (const violation of violations) console.log(`violated: ${violation}`);
const { updates, loads, rests } = record;
const last = rests.at(-1);
console.log(
  [
    `soak for ${duration}: ${updates} updates, ${loads} reloads`,
    `memory at rest, after each quarter: ${rests.map(({ kib }) => showMiB(kib)).join(', ')}`,
    `of objects and buffers: ${rests.map(({ bytes }) => showMiB(bytes / 1024)).join(', ')}`,
    `growth from half of it to the end: ${growthKiB(record)} KiB; budget ${GROWTH_BUDGET_KIB} KiB`,
    `${last?.descriptors.length} open files, ${last?.watches.length} watches, ${last?.resources.length} timers and handles`,
    violations.length === 0 ? 'nothing violated' : `${violations.length} violated`,
  ].join('\n'),
);
process.exitCode = violations.length === 0 ? 0 : 1;
