import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { compileTemplate } from 'vue/compiler-sfc';
import { componentsAskedFor, iconsNamed } from './names.ts';

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
interface Mend {
  readonly file: string;
  readonly was: string;
  readonly is: string;
}
/** Faults of the sources that keep a person from their work, mended where they are. */
const MENDED: readonly Mend[] = [
  // An input hands what listens to it to its frame and to its control: a click on a select came twice, opened it and closed it again.
  // The frame hears what bubbles; the control needs only what does not.
  {
    file: '/BaseInput/PBaseInput.vue',
    was: '...listeners.value,',
    is: '...Object.fromEntries(Object.entries(listeners.value).filter(([name]) => /^on(?:Focus|Blur)$/.test(name))),',
  },
  // An object that may be left out asked for the fields that it needs when it is there: Cloud Run's and Modal's pools could not be made.
  {
    file: '/services/schemas/resolvers/meta.ts',
    was: 'resolveSchemaPropertiesMeta(property, level + 1)',
    is: 'resolveSchemaPropertiesMeta(level > 0 && !required ? { ...property, required: [] } : property, level + 1)',
  },
  // ... and without them it is left out, whatever defaults its other fields have.
  {
    file: '/services/schemas/properties/SchemaPropertyObject.ts',
    was: 'if (isEmptyObject(mapped)) {',
    is: 'if (isEmptyObject(mapped) || (this.level > 0 && this.property.required?.some(key => isNullish(mapped[key])))) {',
  },
  // Whether there is a window was asked by compiling its name: a page that may not compile text was told that there is none.
  { file: '/utilities/global.js', was: 'const globalEval = eval;', is: '' },
  { file: '/utilities/global.js', was: 'globalEval(varName);', is: 'if (!(varName in globalThis)) return false;' },
  { file: '/prefect-design/src/utilities/id.ts', was: 'const globalEval = eval', is: '' },
  {
    file: '/prefect-design/src/utilities/id.ts',
    was: 'globalEval(varName)',
    is: 'if (!(varName in globalThis)) return false',
  },
  // An option for no choice, such as "All types", showed as nothing.
  {
    file: '/Select/PSelect.vue',
    was: 'return modelValue.value === null',
    is: 'return modelValue.value === null && getSelectOption(null) === undefined',
  },
  // A list that is left while it scrolls measured what is no longer there.
  {
    file: '/VirtualScroller/PVirtualScrollerChunk.vue',
    was: 'const rect = el.value!.getBoundingClientRect()',
    is: `if (!el.value) return
      const rect = el.value.getBoundingClientRect()`,
  },
];
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
    if (!text.includes(was))
      throw new Error(`${id} has changed: "${was}" is to be mended in build/prefect-sources.ts.`);
    text = text.replace(was, () => is);
  }
  return text;
}

/** A drawing as a component. */
function drawing(file: string): string {
  const { code } = compileTemplate({ id: file, filename: file, source: readFileSync(file, 'utf8') });
  return `${code.replace('export function render', 'function render')}\nexport default { render };`;
}
