import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Google's, which are CommonJS and fail inside an ES module (docs/decisions/034): files of their own beside the bundle that loads them. */
export const GOOGLE_LIBRARIES = ['@google-cloud/run', 'google-auth-library'] as const;

/** One library as a CommonJS file of its own, for what is loaded at first use. Deterministic; may be called twice. */
export async function bundleLibrary(name: string, outfile: string, target: 'node20' | 'node24'): Promise<Metafile> {
  const { metafile } = await build({
    stdin: { contents: `module.exports = require('${name}')`, resolveDir: ROOT },
    outfile,
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    // Google's conversion to JSON tells fields of messages by the names of their classes
    keepNames: true,
    platform: 'node',
    target,
    format: 'cjs',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}
