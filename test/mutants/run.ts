// Puts faults into a copy of the project, one at a time, and runs the suites that should notice: npm run mutants.
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { createCopy, type ProjectCopy } from './copy.ts';
import { mutants } from './list.ts';
import type { Mutant } from './mutant.ts';

type Options = { only?: string; jobs: number; list?: true; baseline: boolean };

const MOST_JOBS = 2;

const program = new Command('mutants')
  .description('apply each mutant to a copy of the project, and show those that no suite notices')
  .option('--only <text>', 'those whose name or file has this in it')
  .option(
    '--jobs <number>',
    'how many at a time, at most 2',
    toJobs,
    availableParallelism() > 2 ? 2 : 1,
  )
  .option('--list', 'apply each, run nothing')
  .option('--no-baseline', 'do not run the suites without a mutant first')
  .action(async (options: Options) => {
    process.exitCode = await run(options);
  });

await program.parseAsync();

function toJobs(text: string): number {
  const jobs = Number(text);
  if (jobs >= 1 && jobs <= MOST_JOBS && Number.isInteger(jobs)) return jobs;
  throw new InvalidArgumentError(`it is 1 or ${MOST_JOBS}`);
}

async function run({ only = '', jobs, list, baseline }: Options): Promise<number> {
  const chosen = mutants.filter(({ name, file }) => `${file} ${name}`.includes(only));
  if (chosen.length === 0) throw new Error(`no mutant has "${only}" in its name or file`);
  await using copy = await createCopy();
  const stale = await copy.findStale(chosen);
  if (stale.length > 0) {
    console.error(stale.join('\n'));
    return 2;
  }
  if (list) {
    for (const { file, name } of chosen) console.log(`${file}: ${name}`);
    return 0;
  }
  // Suites that fail by themselves would notice everything.
  const suites = [...new Set(chosen.flatMap((mutant) => mutant.suites))];
  const { passed, output } = baseline ? await copy.test(suites) : { passed: true, output: '' };
  if (!passed) {
    console.error(`${output}\nthe suites fail without any mutant: nothing can be told`);
    return 2;
  }
  const survivors = await tryAll(chosen, jobs);
  console.log(`${chosen.length} mutants, ${survivors.length} survivors`);
  for (const { file, name } of survivors) console.log(`SURVIVED ${file}: ${name}`);
  return survivors.length === 0 ? 0 : 1;
}

/** Each job has a copy of its own, and takes the next mutant when it is done with one. */
async function tryAll(chosen: readonly Mutant[], jobs: number): Promise<Mutant[]> {
  const queue = [...chosen];
  const survivors: Mutant[] = [];
  const work = async (): Promise<void> => {
    await using copy = await createCopy();
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      if (!(await isNoticed(copy, mutant)) && mutant.accepted === undefined) survivors.push(mutant);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return survivors;
}

async function isNoticed(copy: ProjectCopy, mutant: Mutant): Promise<boolean> {
  const { name, file, suites, accepted } = mutant;
  const sinceMs = performance.now();
  const { passed } = await copy.mutate(mutant, async () => await copy.test(suites));
  const seconds = ((performance.now() - sinceMs) / 1000).toFixed(0);
  const lived = accepted === undefined ? 'SURVIVED' : `accepted (${accepted})`;
  console.log(`${passed ? lived : 'noticed'} ${file}: ${name} (${seconds} s)`);
  return !passed;
}
