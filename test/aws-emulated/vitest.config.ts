import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Against our stack, deployed into the emulated AWS: one deployment for all files, one file after the other. */
export default defineConfig({
  root: path.join(import.meta.dirname, '../..'),
  test: {
    include: ['test/aws-emulated/**/*.test.ts'],
    globalSetup: ['test/aws-emulated/deployment.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
