// Chaos: random schedules of all that can happen to a pod, and what must hold after each.
import { parseArgs } from 'node:util';
import { pidNamespaces } from '../support/abilities.ts';
import { type Failed, runSeeds } from './run-seeds.ts';

const HELP = `npm run chaos -- [options]

  --seeds N    how many schedules to play (default 100)
  --from M     seed of the first (default 0)
  --seed S     this one alone, or several in turn: 5,17
  --jobs J     pods at the same time (default 4)

Prints each schedule that failed, with what went wrong and how to play it again, and ends with a line
of counts. Exit code: 0 all held · 1 some failed · 2 usage.`;

const { values } = parse();
if (values.help) {
  console.log(HELP);
} else if (pidNamespaces.missing) {
  console.log(`no schedule was played${pidNamespaces.note}`);
} else {
  const seeds =
    values.seed === undefined
      ? Array.from({ length: toCount('seeds') }, (_, index) => toCount('from') + index)
      : values.seed.split(',').map(Number);
  await run(seeds, toCount('jobs'));
}

async function run(seeds: readonly number[], jobs: number): Promise<void> {
  const startMs = performance.now();
  const failed: Failed[] = [];
  let played = 0;
  await runSeeds(seeds, {
    jobs,
    onPlayed: () => {
      played += 1;
      if (played % 50 === 0) console.error(`${played} of ${seeds.length} played`);
    },
    onFailed: (one) => {
      failed.push(one);
      console.log(`${one.text}\n`);
    },
  });
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const numbers = failed.map(({ seed }) => seed).toSorted((one, other) => one - other);
  console.log(
    `${played} schedules in ${seconds} s: ${played - failed.length} held, ${failed.length} failed${failed.length === 0 ? '' : ` (seeds ${numbers.join(', ')})`}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function parse() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        from: { type: 'string', default: '0' },
        seed: { type: 'string' },
        jobs: { type: 'string', default: '4' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return giveUp(error instanceof Error ? error.message : String(error));
  }
}

function toCount(option: 'seeds' | 'from' | 'jobs'): number {
  const count = Number(values[option]);
  return Number.isSafeInteger(count) && count >= 0
    ? count
    : giveUp(`--${option} must be a whole number, not ${values[option]}`);
}

function giveUp(reason: string): never {
  console.error(`${reason}\n\n${HELP}`);
  process.exit(2);
}
