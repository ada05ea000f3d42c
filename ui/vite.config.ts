import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/** Built into `dist`, which the local home serves beside the API. `npm run dev` forwards the API to a local home. */
export default defineConfig({
  plugins: [vue()],
  build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 5000 },
  server: { proxy: { '/api': { target: process.env.PUSHPOOL_URL ?? 'http://127.0.0.1:4200', ws: true } } },
});
