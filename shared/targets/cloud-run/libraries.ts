import { createRequire } from 'node:module';

/**
 * Google's libraries are CommonJS and do not work inside an ES module bundle (docs/decisions/034-cloud-run-by-its-client.md): they lie
 * beside the bundle and load at their first use, once per process.
 */
const load = createRequire(import.meta.url);

export const googleRun = () => load('@google-cloud/run') as typeof import('@google-cloud/run');
export const googleAuth = () => load('google-auth-library') as typeof import('google-auth-library');
