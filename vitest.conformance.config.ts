import { defineConfig } from 'vitest/config';

/** The real Prefect client against the real local home. Files share homes and two cores: one file at a time, runs of flows in parallel within it. */
export default defineConfig({
  test: {
    include: ['test/conformance/**/*.test.ts'],
    testTimeout: 400_000,
    hookTimeout: 300_000,
    pool: 'forks',
    fileParallelism: false,
    sequence: { concurrent: true },
    maxConcurrency: 4,
  },
});
