import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildCommandLine, ROOT } from './bundle.ts';

/** `npm run build:cli`: the package's program in `dist/cli`. With `--licences` it lists whose code would be in it, and writes nothing. */
const listing = process.argv.includes('--licences');
const folder = listing ? mkdtempSync(path.join(tmpdir(), 'pushpool-build-')) : path.join(ROOT, 'dist/cli');
const { packages, bytes } = await buildCommandLine(folder);
if (listing) {
  for (const { name, version, licence } of packages) console.log(`${licence.padEnd(14)} ${name} ${version}`);
  rmSync(folder, { recursive: true });
} else {
  console.error(`dist/cli: ${(bytes / 1024 / 1024).toFixed(1)} MB, with code of ${packages.length} packages`);
}
