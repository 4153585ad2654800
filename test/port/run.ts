// Hostile clients at the port for a long time: npm run fuzz:port -- --for 10m. Ends with 1 if one of them
// gets what it wants.
import { Command } from 'commander';
import { parsePositiveDuration } from '../../src/config/parse.ts';
import { networks } from '../support/pod-network.ts';
import { findBreaches, fuzzPort } from './fuzz.ts';

const options = new Command('npm run fuzz:port --')
  .description('Attack the port with raw sockets, with probes and updates going on.')
  .option('--for <duration>', 'how long, as 90s or 10m', '1m')
  .option('--seed <number>', 'repeats what was sent before', `${Date.now() % 1_000_000}`)
  .parse()
  .opts<{ for: string; seed: string }>();

if (networks.missing) throw new Error(`no attack${networks.note}`);
const record = await fuzzPort({
  forMs: parsePositiveDuration(options.for),
  seed: Number(options.seed),
});
const breaches = findBreaches(record);
const { attacks, probes, updates, reloads, triggers, peakMiB } = record;
for (const breach of breaches) console.log(`breached: ${breach}`);
console.log(
  [
    `attacked for ${options.for}, seed ${options.seed}`,
    `${attacks.attacks} attacks, ${(attacks.bytes / 1024 / 1024).toFixed(0)} MiB: ${JSON.stringify(attacks.kinds)}`,
    `answers by status: ${JSON.stringify(attacks.statuses)}`,
    `${probes.probes} probes, ${probes.failed.length} failed, the slowest took ${probes.slowestMs} ms`,
    `${updates} updates, ${reloads} reloads, ${triggers} triggered from outside`,
    `${peakMiB} MiB of memory at most`,
    breaches.length === 0 ? 'nothing breached' : `${breaches.length} breached`,
  ].join('\n'),
);
process.exitCode = breaches.length === 0 ? 0 : 1;
