import { defineConfig } from 'vitest/config';

/** The built web page in a real browser, over local homes: one file at a time, as each has a browser. */
export default defineConfig({
  test: {
    include: ['test/ui/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
