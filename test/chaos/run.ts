// Chaos: random schedules of all that can happen to a pod, and what must hold after each.
import { Command, InvalidArgumentError } from 'commander';
import { pidNamespaces } from '../support/abilities.ts';
import buildRehup from '../support/built-rehup.ts';
import { publishKind } from './publish/kind.ts';
import { reloadKind } from './reload-kind.ts';
import { type Failed, type RunOptions, runSeeds } from './run-seeds.ts';

type Flags = {
  seeds: number;
  from: number;
  seed?: readonly number[];
  jobs: number;
  publish?: true;
};

const program = new Command('npm run chaos --')
  .description(
    'Play random schedules of all that can happen to a pod, and see what must hold after each.',
  )
  .option('--seeds <count>', 'how many schedules to play', parseCount, 100)
  .option('--from <seed>', 'seed of the first', parseCount, 0)
  .option('--seed <seeds>', 'this one alone, or several in turn: 5,17', parseCounts)
  .option('--jobs <count>', 'pods at the same time', parseCount, 4)
  .option('--publish', 'schedules of guarded publishing, which have seeds of their own')
  .addHelpText(
    'after',
    `
Prints each schedule that failed, with what went wrong and how to play it again, and ends with a line
of counts. Exit code: 0 all held · 1 some failed · 2 usage.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

const flags = program.parse().opts<Flags>();
if (pidNamespaces.missing) {
  console.log(`no schedule was played${pidNamespaces.note}`);
} else {
  const all = Array.from({ length: flags.seeds }, (_, index) => flags.from + index);
  await run(flags.seed ?? all, flags);
}

async function run(seeds: readonly number[], { jobs, publish }: Flags): Promise<void> {
  const startMs = performance.now();
  const failed: Failed[] = [];
  let played = 0;
  const options: RunOptions = {
    jobs,
    onPlayed: () => {
      played += 1;
      if (played % 50 === 0) console.error(`${played} of ${seeds.length} played`);
    },
    onFailed: (one) => {
      failed.push(one);
      console.log(`${one.text}\n`);
    },
  };
  const removeBuilt = await buildRehup();
  try {
    await (publish ? runSeeds(publishKind, seeds, options) : runSeeds(reloadKind, seeds, options));
  } finally {
    await removeBuilt();
  }
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const numbers = failed.map(({ seed }) => seed).toSorted((one, other) => one - other);
  console.log(
    `${played} schedules in ${seconds} s: ${played - failed.length} held, ${failed.length} failed${failed.length === 0 ? '' : ` (seeds ${numbers.join(', ')})`}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (text !== '' && Number.isSafeInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError(`It must be a whole number, not ${text}.`);
}

function parseCounts(text: string): number[] {
  return text.split(',').map(parseCount);
}
