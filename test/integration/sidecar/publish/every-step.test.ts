import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import {
  openRounds,
  readRounds,
  readTogether,
  showRound,
} from '../../../support/published-rounds.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const PROGRAM = fileURLToPath(new URL('../../../support/programs/publishes.ts', import.meta.url));
const AT_ONCE = 3;

/** A directory in which something is published and proved. */
async function prepare(root: string): Promise<string> {
  const before = join(root, 'before');
  mkdirSync(before);
  const publisher = openRounds(before);
  await showRound(publisher, 'one');
  await publisher.prove();
  return before;
}

async function run(...args: readonly string[]): Promise<{ lines: string[]; end: string }> {
  const { stdout, stderr, exitCode, signal } = await execa(process.execPath, [PROGRAM, ...args], {
    reject: false,
  });
  if (stderr !== '') throw new Error(stderr);
  return { lines: stdout.split('\n'), end: String(signal ?? exitCode) };
}

function stepsOf(lines: readonly string[]): number {
  return Number(/^steps (\d+)$/.exec(lines.at(-1) ?? '')?.[1]);
}

/** Whatever fails is told with the step at which it did. */
async function atEachStep(count: number, look: (step: number) => Promise<void>): Promise<void> {
  const steps = Array.from({ length: count }, (_, index) => index + 1);
  const work = async (): Promise<void> => {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      try {
        await look(step);
      } catch (error) {
        throw new Error(`step ${step}: ${String(error)}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** What is there is one round, and the next run shows another, and leaves nothing of the one that was killed. */
async function expectNextRunToGoOn(root: string): Promise<void> {
  const next = openRounds(root);
  const shown = next.shown();
  const left = shown === undefined ? undefined : readRounds(root);
  expect(left?.together).toBe(shown?.hash);
  expect(left?.missing ?? []).toEqual([]);
  expect((left?.byName ?? []).filter((round) => round !== shown?.hash)).toEqual([]);
  // What the app failed with is not what a restart leaves it with.
  expect(next.refused() === undefined || shown?.hash === 'two').toBe(true);
  await showRound(next, 'three');
  await next.prove();
  const found = readRounds(root);
  expect(found).toMatchObject({ together: 'three', missing: [], leftovers: [], generations: 1 });
  expect(new Set(found.byName)).toEqual(new Set(['three']));
}

describe('the published directory', () => {
  it('is whole at whichever step rehup is killed, and the next run goes on', async () => {
    await using dir = await createTempDir();
    const before = await prepare(dir.path);
    const copy = (name: string): string => {
      const place = join(dir.path, name);
      cpSync(before, place, { recursive: true, verbatimSymlinks: true });
      return place;
    };
    const count = stepsOf((await run('kill', copy('counted'), '0')).lines);
    expect(count).toBeGreaterThan(60);
    await atEachStep(count, async (step) => {
      const root = copy(`killed-${step}`);
      expect((await run('kill', root, String(step))).end).toBe('SIGKILL');
      expect(['one', 'two', 'bad']).toContain(readRounds(root).together);
      await expectNextRunToGoOn(root);
    });
  });

  it('has all of the very first content, or nothing, at whichever step rehup is killed', async () => {
    await using dir = await createTempDir();
    const create = (name: string): string => {
      const place = join(dir.path, name);
      mkdirSync(place);
      return place;
    };
    const count = stepsOf((await run('first', create('counted'), '0')).lines);
    expect(count).toBeGreaterThan(20);
    await atEachStep(count, async (step) => {
      const root = create(`killed-${step}`);
      expect((await run('first', root, String(step))).end).toBe('SIGKILL');
      // Nobody has started with it yet: names may come with the next run.
      const together = existsSync(join(root, '..data')) ? readTogether(root) : 'two';
      expect(together).toBe('two');
      await expectNextRunToGoOn(root);
    });
  });

  it.each(['ENOSPC', 'EACCES'])(
    'is whole at whichever step %s is met, and what was to be shown is shown then',
    async (code) => {
      await using dir = await createTempDir();
      const { lines } = await run(code, await prepare(dir.path));
      expect(lines.filter((line) => line.startsWith('step '))).toEqual([]);
      expect(stepsOf(lines)).toBeGreaterThan(60);
    },
  );
});
