import { defineConfig } from 'vitest/config';
import { findSuites, heavySuites } from './test/support/suites.ts';

const setupFiles = ['test/support/disposable-stack.ts', 'test/support/random.ts'];

/**
 * One worker takes file after file, and loads what they share but once: most of a file's time would be
 * the start of a worker of its own. So that none sees what another has put in place of something.
 */
const shared = { isolate: false, restoreMocks: true, unstubEnvs: true };

/** What hangs shall fail, what waits for a busy machine shall not: `waitFor` gives up long before. */
const patient = { testTimeout: 300_000, hookTimeout: 300_000 };

const suites = findSuites(import.meta.dirname);

export default defineConfig({
  test: {
    reporters: ['default', './test/support/announce.ts'],
    // Most tests wait for processes of their own, not for the CPU.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          ...shared,
          ...patient,
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
        },
      },
      ...(['integration', ...heavySuites] as const).map((name) => ({
        test: {
          name,
          globalSetup: ['test/support/built-rehup.ts'],
          setupFiles,
          ...shared,
          ...patient,
          include: suites[name],
        },
      })),
      {
        test: {
          name: 'packages',
          setupFiles,
          include: ['test/packages/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'fuzz',
          setupFiles,
          include: ['test/fuzz/**/*.test.ts'],
          // A million inputs take hours; what hangs is ended by its own worker.
          testTimeout: 6 * 3_600_000,
        },
      },
      {
        test: {
          name: 'model',
          setupFiles,
          include: ['test/model/**/*.test.ts'],
          testTimeout: 3_600_000,
        },
      },
      {
        test: {
          name: 'e2e',
          setupFiles,
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
