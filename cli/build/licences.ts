import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A package of which code is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Its licence file; null when it has none. */
  readonly text: string | null;
}

/** Licences that ask for no more than their notice, which the package carries in THIRD-PARTY.txt. */
const ALLOWED = [
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
];

/** The packages that these files belong to, by name. `inputs` are paths relative to `root`, as esbuild's metafile has them. */
export function packagesOf(root: string, inputs: readonly string[]): BundledPackage[] {
  const folders = new Set(inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  return [...folders].map((folder) => read(path.resolve(root, folder))).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function read(folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string | { type: string };
  };
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
  const text =
    file && existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8').trim() : null;
  const licence = typeof manifest.license === 'object' ? manifest.license.type : (manifest.license ?? 'unknown');
  return { name: manifest.name, version: manifest.version, licence, text };
}

/** Packages whose licence nobody has looked at. */
export function notAllowed(packages: readonly BundledPackage[]): BundledPackage[] {
  return packages.filter(
    ({ licence }) =>
      !licence
        .replaceAll(/[()]/g, '')
        .split(/ OR /)
        .some((one) => ALLOWED.includes(one.trim())),
  );
}

/** The notices that go with the package. Throws when a licence is not allowed. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const refused = notAllowed(packages);
  if (refused.length > 0) {
    throw new Error(`Licences to look at: ${refused.map(({ name, licence }) => `${name} (${licence})`).join(', ')}.`);
  }
  return packages
    .map(({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text ?? 'No licence file.'}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
