import path from 'node:path';
import type { Plugin } from 'vite';

const GRAPHS = '/@prefecthq/graphs/dist/graphs.mjs';
/** What pixi publishes for pages that may not compile text; its own way in patches a pixi of the page's, and there is none. */
const SETTERS = path.join(import.meta.dirname, '../node_modules/@pixi/unsafe-eval/lib/syncUniforms.mjs');
/** The class of pixi that asks whether text may be compiled, under whatever name the graphs' build gave it. */
const SHADERS = /class (\w+) \{(?:(?!\nclass )[\s\S])*?\n {2}systemCheck\(\) \{/;

/**
 * The graph of a run is drawn by pixi, which compiles the setters of its drawing programs from text and lies inside the graphs' one
 * file. Here it takes setters that are written out, so that the page needs no `unsafe-eval`. Throws when pixi is no longer found there.
 */
export function graphsWithoutEval(): Plugin {
  return {
    name: 'graphs-without-eval',
    transform(code, id) {
      if (!id.endsWith(GRAPHS)) return null;
      const [, shaders] = SHADERS.exec(code) ?? [];
      if (!shaders)
        throw new Error(`${id} has changed: pixi's shader system is to be found by build/graphs-without-eval.ts.`);
      return `import { syncUniforms } from '${SETTERS}';
${code}
Object.assign(${shaders}.prototype, {
  systemCheck() {},
  syncUniforms(group, program) {
    syncUniforms(group, this.shader.program.uniformData, program.uniformData, group.uniforms, this.renderer);
  },
});`;
    },
  };
}
