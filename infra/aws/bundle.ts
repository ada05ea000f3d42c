import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { openApiDocument } from '../../functions/api/openapi/document.ts';
import { PACKED_DOCUMENT } from '../../functions/api/openapi/routes.ts';
import { allOperations } from '../../functions/api/routes.ts';
import { bundleLibrary, GOOGLE_LIBRARIES } from '../bundle-library.ts';
import { FUNCTIONS, type FunctionName } from './names.ts';
import { NOT_BUILT, PAGE_FOLDER } from './page-folder.ts';

/** The folder of each function's bundle, ready to be an asset. */
export type Bundles = Readonly<Record<FunctionName, string>>;

export interface BundleSizes {
  /** Everything that a cold start reads: the entry and the files it imports by statement, not those imported at first use. */
  readonly totalBytes: number;
  /** Of that, without the AWS SDK and what only it brings: what the budgets are about. */
  readonly ownBytes: number;
  /** Ours that is read at first use. */
  readonly laterBytes: number;
}

const HERE = import.meta.dirname;
const ROOT = path.join(HERE, '../..');
/** The AWS SDK and its own libraries. */
const SDK = /node_modules\/(@aws-sdk|@aws-crypto|@smithy|@aws|tslib|bowser|fast-xml-parser|strnum)\//;

/** Where packaged JSON lives in the source; it is copied to `data/` beside each bundle. */
const PACKAGED_DATA = path.join(ROOT, 'shared/api/data');
const READER = /(^|\/)packaged-data\.ts$/;

/** Whose bundle carries the web page, as `npm run ui:build` left it. */
const SHOWS_PAGE = /(^|\/)functions\/page\/handler\.ts$/;
const BUILT_PAGE = path.join(ROOT, 'ui/dist');
export const pageIsBuilt = (): boolean => existsSync(path.join(BUILT_PAGE, 'index.html'));

/** Whose bundle carries the OpenAPI document, which its source makes at first use. */
const DOCUMENTED = /(^|\/)openapi\/routes\.ts$/;

/** What `shared/domain/libraries.ts` loads at first use: each a file of its own beside the bundles that hold it. */
const LIBRARIES = ['rrule', '@huggingface/jinja', '@cfworker/json-schema'];
const LOADER = /(^|\/)domain\/libraries\.ts$/;

/** Which bundle loads Google's libraries. */
const GOOGLE_LOADER = /(^|\/)cloud-run\/libraries\.ts$/;

/**
 * Bundles every function: one ES module each, minified, SDK included (docs/decisions/011), with the packaged data and rarely used
 * libraries beside it.
 * Deterministic: the same source gives the same bytes, so CDK uploads only what changed. May be called twice.
 */
export async function bundleFunctions(
  outdir: string,
  onSizes: (name: FunctionName, sizes: BundleSizes) => void = () => {},
): Promise<Bundles> {
  const folders = await Promise.all(
    FUNCTIONS.map(async (name) => {
      const folder = path.resolve(ROOT, outdir, name);
      onSizes(name, sizesOf(await bundle(name, folder)));
      return [name, folder] as const;
    }),
  );
  return Object.fromEntries(folders) as Record<FunctionName, string>;
}

async function bundle(name: FunctionName, folder: string): Promise<Metafile> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: { index: path.join(HERE, 'entries', `${name}.ts`) },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    // What is imported at first use is a file of its own, in the same folder: packaged data is found beside either.
    splitting: true,
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Some of the SDK's libraries are CommonJS and call `require` for Node's own modules.
    banner: {
      js: "import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);",
    },
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
  });
  const has = (file: RegExp) => Object.keys(metafile.inputs).some((input) => file.test(input));
  if (has(READER)) await cp(PACKAGED_DATA, path.join(folder, 'data'), { recursive: true });
  if (has(DOCUMENTED))
    await writeFile(path.join(folder, 'data', PACKED_DOCUMENT), JSON.stringify(openApiDocument(await allOperations())));
  if (has(GOOGLE_LOADER)) await Promise.all(GOOGLE_LIBRARIES.map((library) => putLibrary(library, folder)));
  if (has(LOADER)) await Promise.all(LIBRARIES.map((library) => putLibrary(library, folder)));
  if (has(SHOWS_PAGE)) await putPage(path.join(folder, PAGE_FOLDER));
  return metafile;
}

async function putPage(place: string): Promise<void> {
  if (pageIsBuilt()) return await cp(BUILT_PAGE, place, { recursive: true });
  await mkdir(place);
  await writeFile(path.join(place, 'index.html'), NOT_BUILT);
}

async function putLibrary(name: string, folder: string): Promise<void> {
  const place = path.join(folder, 'node_modules', name);
  await bundleLibrary(name, path.join(place, 'index.cjs'), 'node24');
  await writeFile(path.join(place, 'package.json'), '{"main":"index.cjs"}\n');
}

function sizesOf({ outputs }: Metafile): BundleSizes {
  const first = readAtStart(outputs);
  const bytes = (files: readonly string[]) => files.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  const sdkBytes = (files: readonly string[]) =>
    files
      .flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}))
      .filter(([input]) => SDK.test(input))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const later = Object.keys(outputs).filter((file) => !first.includes(file) && hasOwn(outputs[file]));
  return {
    totalBytes: bytes(first),
    ownBytes: bytes(first) - sdkBytes(first),
    laterBytes: bytes(later) - sdkBytes(later),
  };
}

type Output = Metafile['outputs'][string];

const hasOwn = (output: Output | undefined): boolean =>
  Object.keys(output?.inputs ?? {}).some((input) => !SDK.test(input));

function readAtStart(outputs: Metafile['outputs']): string[] {
  const found = new Set(
    Object.keys(outputs).filter((file) => outputs[file]?.entryPoint?.startsWith('infra/aws/entries/')),
  );
  for (const file of found)
    for (const { path: imported, kind, external } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && !external) found.add(imported);
  return [...found];
}
