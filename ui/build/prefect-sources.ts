import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { compileTemplate } from 'vue/compiler-sfc';
import { MENDED } from './mends.ts';
import { componentsAskedFor, componentsInTemplates, iconsNamed, prefectIconsNamed } from './names.ts';

const MODULES = path.join(import.meta.dirname, '../node_modules');
const OWN = path.join(import.meta.dirname, '../src');
/** Where Prefect's packages keep their modules, which they publish beside the one file made of them. */
const SOURCES: Readonly<Record<string, string>> = {
  '@prefecthq/prefect-ui-library': path.join(MODULES, '@prefecthq/prefect-ui-library/src'),
  '@prefecthq/prefect-design': path.join(MODULES, '@prefecthq/prefect-design/src'),
  '@prefecthq/vue-compositions': path.join(MODULES, '@prefecthq/vue-compositions/dist/types/src'),
};
const LIBRARY = path.join(MODULES, '@prefecthq/prefect-ui-library/src');
const ROOTS = Object.values(SOURCES);

/** What they import, and what stands in for it: pieces of a library instead of all of it, one language instead of thirty. */
const INSTEAD: Readonly<Record<string, string>> = {
  lodash: 'lodash-es',
  'lodash.camelcase': 'lodash-es/camelCase.js',
  'lodash.debounce': 'lodash-es/debounce.js',
  'lodash.isequal': 'lodash-es/isEqual.js',
  'lodash.merge': 'lodash-es/merge.js',
  'cronstrue/i18n': 'cronstrue',
  'highlight.js': path.join(OWN, 'highlighter.ts'),
  '@/mocks': path.join(OWN, 'random-names.ts'),
};
/** Components that few pages show and that bring a lot: fetched when they are first shown. */
const LATER = /\/(?:PMarkdownRenderer|PSanitizeHtml|PCodeHighlight|FlowRunGraph)\.vue$/;
/** Indexes of which most is never shown. */
const SHORTENED: Readonly<Record<string, (index: string, sources: readonly string[]) => string>> = {
  '/prefect-design/src/components/index.ts': componentsInTemplates,
  '/prefect-design/src/components/Icon/icons/index.ts': prefectIconsNamed,
};
const ICONS = /^@heroicons\/vue\/24\/(?:outline|solid)\/esm\/index$/;
const WORKER = '?worker&inline';

/** Modules that are written here, by what follows their mark. */
const WRITTEN: Readonly<Record<string, (rest: string) => string>> = {
  '\0nothing': () => '',
  '\0icons:': (index) => iconsNamed(path.join(MODULES, path.dirname(index)), [...ROOTS, OWN]),
  '\0components-by-name': () => componentsAskedFor(LIBRARY),
  '\0later:': (file) =>
    `import { defineAsyncComponent } from 'vue';
export default /* @__PURE__ */ defineAsyncComponent(() => import('${file}'));`,
  '\0worker:': startedWhenAsked,
};

/**
 * Builds Prefect's packages module by module, so that each page brings what it shows: as published, each of them is one file.
 * Their styles are taken as published.
 */
export function prefectSources(): Plugin {
  return {
    name: 'prefect-sources',
    enforce: 'pre',
    async resolveId(id, importer) {
      const resolve = (wanted: string) => this.resolve(wanted, importer, { skipSelf: true });
      if (SOURCES[id]) return await resolve(path.join(SOURCES[id], 'index'));
      const root = ROOTS.find((folder) => importer?.startsWith(folder));
      if (!root) return null;
      if (INSTEAD[id]) return await resolve(INSTEAD[id]);
      if (ICONS.test(id)) return `\0icons:${id}`;
      if (!id.startsWith('@/')) return null;
      const file = path.join(root, id.slice(2));
      if (id.startsWith('@/styles/')) return '\0nothing';
      if (id === '@/components' && importer?.endsWith('/useComponent.ts')) return '\0components-by-name';
      if (id.endsWith(WORKER)) return `\0worker:${file.replace(WORKER, '.ts?worker')}`;
      return LATER.test(id) ? `\0later:${file}` : await resolve(file);
    },
    load(id) {
      const mark = Object.keys(WRITTEN).find((prefix) => id.startsWith(prefix));
      if (mark) return WRITTEN[mark]?.(id.slice(mark.length));
      if (!ROOTS.some((root) => id.startsWith(root))) return null;
      if (id.endsWith('.vue')) return mended(id).replaceAll(/<style[\s\S]*?<\/style>/g, '');
      if (MENDED.some(({ file }) => id.endsWith(file))) return mended(id);
      const shortened = Object.keys(SHORTENED).find((file) => id.endsWith(file));
      if (shortened) return SHORTENED[shortened]?.(readFileSync(id, 'utf8'), [...ROOTS, OWN]);
      return id.endsWith('.svg') ? drawing(id) : null;
    },
  };
}

/** Whether a module does nothing by being loaded, though its package does not say so. */
export function doesNothingAlone(id: string): boolean {
  return (
    /\/node_modules\/(?:@prefecthq|@heroicons|radix-vue|cronstrue|vee-validate)\//.test(id) && !id.includes('.css')
  );
}

/** A worker that is a file of its own, fetched with the first thing it is asked. */
function startedWhenAsked(file: string): string {
  return `import Worker from '${file}';
export default class {
  postMessage(message) {
    if (!this.worker) {
      this.worker = new Worker();
      this.worker.onmessage = (event) => this.onmessage(event);
    }
    this.worker.postMessage(message);
  }
}`;
}

/** A source with its faults mended. Throws when what is to be mended is no longer there. */
function mended(id: string): string {
  let text = readFileSync(id, 'utf8');
  for (const { was, is } of MENDED.filter(({ file }) => id.endsWith(file))) {
    if (!text.includes(was)) throw new Error(`${id} has changed: "${was}" is to be mended in build/mends.ts.`);
    text = text.replace(was, () => is);
  }
  return text;
}

/** A drawing as a component. */
function drawing(file: string): string {
  const { code } = compileTemplate({ id: file, filename: file, source: readFileSync(file, 'utf8') });
  return `${code.replace('export function render', 'function render')}\nexport default { render };`;
}
