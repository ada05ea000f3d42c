import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundleLibrary, GOOGLE_LIBRARIES } from '../../infra/bundle-library.ts';
import { BUILT_PAGE, PAGE_BESIDE } from '../../infra/local/web-page.ts';
import { type BundledPackage, noticesOf, packagesOf } from './licences.ts';

export const ROOT = path.join(import.meta.dirname, '../..');
/** JSON that the program reads when it needs it; `shared/operations/packaged-data.ts` looks for it beside the bundle. */
const PACKAGED_DATA = path.join(ROOT, 'shared/api/data');

/** What cannot be bundled: it finds its own files by their place. The package depends on it. */
const EXTERNAL = ['dynalite'];

/**
 * Builds `pushpool` into a folder: the command line, what commands load when they run as chunks beside it
 * (docs/decisions/023-chunks-of-the-command-line.md), the thread of the embedded database, and the packaged data. Runs on Node 20 and
 * later, which reads no TypeScript. Deterministic; may be called twice.
 */
export async function buildCommandLine(
  folder: string,
): Promise<{ readonly packages: readonly BundledPackage[]; readonly bytes: number }> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const entries = { pushpool: 'cli/main.ts', 'database-worker': 'infra/local/database-worker.ts' };
  const { metafile } = await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, path.join(ROOT, entry)])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    chunkNames: 'chunk-[hash]',
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: EXTERNAL,
    banner: { js: BANNER },
    inject: [path.join(import.meta.dirname, 'node-20.js')],
    legalComments: 'none',
    metafile: true,
    charset: 'utf8',
    logLevel: 'warning',
    plugins: [placesInTheBundle],
  });
  const libraries = await Promise.all(
    GOOGLE_LIBRARIES.map((name) =>
      // without `@` and `/` in their names
      bundleLibrary(name, path.join(folder, `${name.replaceAll(/[@/]/g, '')}.cjs`), 'node20'),
    ),
  );
  const files = [metafile, ...libraries];
  await chmod(path.join(folder, 'pushpool.mjs'), 0o755);
  await cp(PACKAGED_DATA, path.join(folder, 'data'), { recursive: true });
  if (existsSync(BUILT_PAGE)) await cp(BUILT_PAGE, path.join(folder, PAGE_BESIDE), { recursive: true });
  else console.error('The web page is not part of it: npm run ui:build makes it.');
  const packages = packagesOf(
    ROOT,
    files.flatMap(({ inputs }) => Object.keys(inputs)),
  );
  await writeFile(path.join(folder, 'THIRD-PARTY.txt'), noticesOf(packages));
  return {
    packages,
    bytes: files.flatMap(({ outputs }) => Object.values(outputs)).reduce((sum, output) => sum + output.bytes, 0),
  };
}

/** CommonJS libraries call `require` for Node's own modules. */
const BANNER =
  "import{createRequire as pushpoolRequire}from'node:module';const require=pushpoolRequire(import.meta.url);";

/** The few places that the source finds by the place of its own files. */
const REWRITES: readonly { readonly file: RegExp; readonly from: string | RegExp; readonly to: string }[] = [
  // Libraries that are loaded at first use lie in the bundle, and are evaluated at first use there too.
  { file: /shared\/domain\/libraries\.ts$/, from: /\bload\(/g, to: 'require(' },
  { file: /cloud-run\/libraries\.ts$/, from: /\bload\('@?([\w-]+)\/?([\w-]*)'\)/g, to: "load('./$1$2.cjs')" },
  { file: /infra\/local\/database\.ts$/, from: './database-worker.ts', to: './database-worker.mjs' },
];

const placesInTheBundle: Plugin = {
  name: 'places-in-the-bundle',
  setup({ onLoad }) {
    for (const { file, from, to } of REWRITES) {
      onLoad({ filter: file }, async (args) => {
        const source = await readFile(args.path, 'utf8');
        const contents = source.replace(from, to);
        if (contents === source) throw new Error(`${args.path} has no ${from} any more: see cli/build/bundle.ts.`);
        return { contents, loader: 'ts' };
      });
    }
  },
};
