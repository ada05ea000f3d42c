import { defineConfig } from 'vitest/config';
import { WaitingFirst } from './test/waiting-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/conformance/**', 'test/aws-emulated/**', 'test/ui/**', '**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Files share a process and what it has loaded, which halves the processor time: each leaves variables and clocks as they were,
    // and a helper's hooks stand in a function that each file calls.
    isolate: false,
    sequence: { sequencer: WaitingFirst },
    maxWorkers: 2,
  },
});
