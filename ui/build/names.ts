import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A module with the icons of a folder that the sources name; there are 648 and few are shown. */
export function iconsNamed(folder: string, sources: readonly string[]): string {
  const there = new Set(readdirSync(folder).map((file) => path.basename(file, '.js')));
  const named = new Set(
    sources.flatMap((root) => texts(root)).flatMap((text) => text.match(/\b[A-Z]\w+Icon\b/g) ?? []),
  );
  return [...named]
    .filter((name) => there.has(name))
    .map((name) => `export { default as ${name} } from '${folder}/${name}.js';`)
    .join('\n');
}

/** A module with the components that the library asks for by name with `useComponent`, instead of all it has. */
export function componentsAskedFor(source: string): string {
  const names = texts(source)
    .flatMap((text) => [...text.matchAll(/const \{([^}]+)\} = useComponent\(\)/g)])
    .flatMap((match) => (match[1] as string).split(','))
    .map((name) => (name.split(':')[0] as string).trim())
    .filter((name) => name !== '');
  return `export { ${[...new Set(names)].join(', ')} } from '${source}/components/index.ts';`;
}

/** The index of Prefect's own icons, with those alone whose name is a word of the sources: half of them are for pages of theirs. */
export function prefectIconsNamed(index: string, sources: readonly string[]): string {
  const words = new Set(
    sources
      .flatMap((root) => texts(root))
      .flatMap((text) => (text === index ? [] : (text.match(/\b[A-Z]\w+\b/g) ?? []))),
  );
  return index.replaceAll(/^export \{ default as (\w+) \} from .*$/gm, (line, name) => (words.has(name) ? line : ''));
}

/**
 * The index of the design system's components, which registers all of them by name: those alone that a template names. One whose name
 * goes on, as `PTabs` does in `PTabsList`, is registered with it.
 */
export function componentsInTemplates(index: string, sources: readonly string[]): string {
  const tags = new Set(
    sources
      .flatMap((root) => texts(root))
      .flatMap((text) => text.match(/<[Pp][A-Za-z-]+/g) ?? [])
      .map(plain),
  );
  const used = (name: string) => [...tags].some((tag) => tag.startsWith(plain(name)));
  return index.replaceAll(/^ {2}install(P\w+),$/gm, (line, name) => (used(name) ? line : ''));
}

/** `<p-tabs-list` and `<PTabsList` are the same. */
const plain = (name: string): string => name.replaceAll(/[<-]/g, '').toLowerCase();

const read = new Map<string, string[]>();

function texts(root: string): string[] {
  const known = read.get(root);
  if (known) return known;
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /\.(?:vue|ts)$/.test(file.name))
    .map((file) => readFileSync(path.join(file.parentPath, file.name), 'utf8'));
  read.set(root, found);
  return found;
}
