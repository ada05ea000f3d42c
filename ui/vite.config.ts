import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { fontsAsFiles } from './build/fonts.ts';
import { mendedGraphs } from './build/graphs.ts';
import { doesNothingAlone, prefectSources } from './build/prefect-sources.ts';

/** Built into `dist`, which the local home serves beside the API. `npm run dev` forwards the API to a local home. */
export default defineConfig({
  plugins: [prefectSources(), mendedGraphs(), vue(), fontsAsFiles()],
  worker: { format: 'es', plugins: () => [prefectSources()] },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: { treeshake: { moduleSideEffects: (id) => !doesNothingAlone(id) } },
  },
  server: { proxy: { '/api': { target: process.env.PUSHPOOL_URL ?? 'http://127.0.0.1:4200', ws: true } } },
});
