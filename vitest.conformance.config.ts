import { defineConfig } from 'vitest/config';

/** The real Prefect client against the real local home. Runs of flows mostly wait: two files at a time, four tests in each, keep two cores busy. */
export default defineConfig({
  test: {
    include: ['test/conformance/**/*.test.ts'],
    testTimeout: 400_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { concurrent: true },
    maxConcurrency: 4,
  },
});
