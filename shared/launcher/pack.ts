import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';

/**
 * Writes the launcher's compact form, which the program carries because a Lambda's bundle has no files beside it.
 * Run after every change of `launcher.py`: `npx node shared/launcher/pack.ts`. A test says when that was forgotten.
 */

const SOURCE = new URL('./launcher.py', import.meta.url);
const PACKED = new URL('../domain/launcher-packed.ts', import.meta.url);

/** The same program without its prose: no docstrings, no comment lines, one space a level. */
export function withoutProse(python: string): string {
  return `${python
    .replace(/^ *"""[\s\S]*?"""$\n?/gm, '')
    .split('\n')
    .filter((line) => !/^\s*(#.*)?$/.test(line))
    .map((line) => line.replace(/ {2}# noqa.*$/, '').replace(/^ +/, (indent) => ' '.repeat(indent.length / 4)))
    .join('\n')}\n`;
}

/** The source as it stands now, without its prose. */
export function readLauncher(): string {
  return withoutProse(readFileSync(SOURCE, 'utf8'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Base64, not base85: the text passes through shells, `{{ }}` templates and `${}` substitutions unharmed.
  const packed = deflateSync(readLauncher(), { level: 9 }).toString('base64');
  const lines = (packed.match(/.{1,116}/g) ?? []).map((line) => `  '${line}',`).join('\n');
  writeFileSync(
    PACKED,
    `// Generated from shared/launcher/launcher.py by shared/launcher/pack.ts; never edited.\nexport const LAUNCHER_PACKED = [\n${lines}\n].join('');\n`,
  );
}
