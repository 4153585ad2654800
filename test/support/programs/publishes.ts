// Publishes a round, proves it, and takes back another:
//
//   publishes.ts kill <directory> <step>    killed before that step; or 0: at none
//   publishes.ts first <directory> <step>   the same, and ends with the first of them
//   publishes.ts ENOSPC <directory>         for each step a copy, in which it fails with that code once
//
// Says `steps <count>` in the end, and what was amiss: `step <number>: <what>`.
import { failAt, type How, stepsSoFar } from './fails-at.ts';
import { cpSync } from 'node:fs';
import { openRounds, readRounds, showRound } from '../published-rounds.ts';

const [how = '', root = '', at = ''] = process.argv.slice(2);

/** As rehup does it: what failed is tried again. */
async function play(directory: string, onFailure: () => void): Promise<void> {
  const again = async <Result>(act: () => Result | Promise<Result>): Promise<Result> => {
    try {
      return await act();
    } catch {
      onFailure();
      return await act();
    }
  };
  const publisher = await again(() => openRounds(directory));
  await again(async () => {
    if (publisher.shown()?.hash !== 'two') await showRound(publisher, 'two');
  });
  if (how === 'first') return;
  await again(publisher.prove);
  await again(async () => await showRound(publisher, 'bad'));
  await again(() => publisher.flipBack({ hash: 'bad', reason: 'the app died' }));
}

function findAmiss(directory: string): string | undefined {
  const { together, byName, missing, leftovers, generations } = readRounds(directory);
  const isRight = together === 'two' && byName.every((round) => round === 'two');
  if (!isRight) return `${together} is shown, and by name ${byName.join(', ')}`;
  if (missing.length > 0) return `missing: ${missing.join(' ')}`;
  if (leftovers.length > 0) return `left: ${leftovers.join(' ')}`;
  if (generations > 3) return `${generations} generations`;
  const { refused } = openRounds(directory);
  return refused()?.hash === 'bad' ? undefined : `${refused()?.hash} is refused`;
}

async function failAtEachStep(code: How): Promise<number> {
  for (let step = 1; ; step += 1) {
    const directory = `${root}-${code}-${step}`;
    failAt(0, code);
    cpSync(root, directory, { recursive: true, verbatimSymlinks: true });
    failAt(step, code);
    try {
      await play(directory, () => void readRounds(directory));
      if (stepsSoFar() < step) return step - 1;
      const amiss = findAmiss(directory);
      if (amiss !== undefined) console.log(`step ${step}: ${amiss}`);
    } catch (error) {
      console.log(`step ${step}: ${(error as Error).message}`);
    }
  }
}

if (how === 'kill' || how === 'first') {
  failAt(Number(at), 'kill');
  await play(root, () => {});
  console.log(`steps ${stepsSoFar()}`);
} else {
  console.log(`steps ${await failAtEachStep(how as How)}`);
}
