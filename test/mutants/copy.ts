import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { toError } from '../../src/system/errors.ts';
import { applyMutant, type Mutant } from './mutant.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What no suite needs of the project, or what is there once for all copies. */
const LEFT_OUT = ['.git', 'node_modules', 'dist'].map((name) => join(ROOT, name));

/** What hangs with a fault in it is noticed, too. */
const LONGEST_MS = 5 * 60_000;

export type ProjectCopy = AsyncDisposable & {
  /** Runs something with the fault in the copy, and takes it out again. */
  mutate: <Result>(mutant: Mutant, run: () => Promise<Result>) => Promise<Result>;
  /** What is wrong with those that the code has left behind. */
  findStale: (mutants: readonly Mutant[]) => Promise<string[]>;
  /** Runs these suites up to the first test that fails. */
  test: (suites: readonly string[]) => Promise<{ passed: boolean; output: string }>;
};

export async function createCopy(): Promise<ProjectCopy> {
  const root = await mkdtemp(join(tmpdir(), 'rehup-mutants-'));
  await cp(ROOT, root, { recursive: true, filter: (path) => !LEFT_OUT.includes(path) });
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return {
    mutate: async (mutant, run) => {
      const path = join(root, 'src', mutant.file);
      const before = await readFile(path, 'utf8');
      await writeFile(path, applyMutant(before, mutant));
      try {
        return await run();
      } finally {
        await writeFile(path, before);
      }
    },
    findStale: async (mutants) => {
      const problems = mutants.map(async (mutant) => {
        try {
          applyMutant(await readFile(join(root, 'src', mutant.file), 'utf8'), mutant);
          return [];
        } catch (error) {
          return [`${mutant.file}: ${toError(error).message}`];
        }
      });
      return (await Promise.all(problems)).flat();
    },
    test: async (suites) => {
      const { exitCode, all } = await execa({
        all: true,
        cwd: root,
        preferLocal: true,
        reject: false,
        timeout: LONGEST_MS,
      })`vitest run --project !fuzz --project !e2e --bail 1 --maxWorkers 1 --testTimeout 60000 ${suites.map((suite) => `test/${suite}`)}`;
      return { passed: exitCode === 0, output: all };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}
