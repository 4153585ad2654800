import { defineConfig } from 'vitest/config';

const setupFiles = ['test/support/disposable-stack.ts'];

export default defineConfig({
  test: {
    // Most tests wait for processes of their own, not for the CPU.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          // Generous: what hangs shall fail, what waits for a busy machine shall not.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          setupFiles,
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
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
