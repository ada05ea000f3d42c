import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine } from '../../cli/build/bundle.ts';
import { type BundledPackage, notAllowed } from '../../cli/build/licences.ts';

let folder: string;
let packages: readonly BundledPackage[];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-build-'));
  ({ packages } = await buildCommandLine(folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file that is loaded before the program's first line runs. */
function loadedAtOnce(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(path.join(folder, file), 'utf8');
  for (const [, name] of source.matchAll(/(?:^|[;}\n])(?:import|export)(?:[^"'();]*?from)?\s*["']\.\/([^"']+)["']/g)) {
    if (name) loadedAtOnce(name, found);
  }
  return found;
}

describe('the built command line', () => {
  it('loads less than 250 KB before a command runs: no SDK, no prompt, no home', () => {
    const bytes = [...loadedAtOnce('pushpool.mjs')].reduce(
      (sum, file) => sum + statSync(path.join(folder, file)).size,
      0,
    );

    expect(bytes).toBeGreaterThan(50_000); // commander and the tree: else the imports were not found
    expect(bytes).toBeLessThan(250_000);
  });

  it('carries the notices of every package of which it holds code, and only licences that ask for no more', () => {
    const notices = readFileSync(path.join(folder, 'THIRD-PARTY.txt'), 'utf8');

    expect(notAllowed(packages)).toEqual([]);
    expect(packages.length).toBeGreaterThan(50);
    for (const { name, version } of packages) expect(notices).toContain(`${name} ${version}`);
  });

  it('refuses a licence that nobody has looked at', () => {
    const unknown = { name: 'x', version: '1', licence: 'AGPL-3.0', text: null };

    expect(notAllowed([unknown, { ...unknown, licence: '(MIT OR AGPL-3.0)' }])).toEqual([unknown]);
  });
});
