import path from 'node:path';
import type { Plugin } from 'vite';

const GRAPHS = '/@prefecthq/graphs/dist/graphs.mjs';
/** What pixi publishes for pages that may not compile text; its own way in patches a pixi of the page's, and there is none. */
const SETTERS = path.join(import.meta.dirname, '../node_modules/@pixi/unsafe-eval/lib/syncUniforms.mjs');
/** The class of pixi that asks whether text may be compiled, under whatever name the graphs' build gave it. */
const SHADERS = /class (\w+) \{(?:(?!\nclass )[\s\S])*?\n {2}systemCheck\(\) \{/;

/** Where the colours of another theme take the place of those that names and lines were made with, and hold on to. */
const STYLES = /(\w+) = (\w+\(\w+\)), (\w+\.emit\("stylesUpdated", \1\))/;

/**
 * The graph of a run lies in one file with pixi, which draws it. Pixi compiles the setters of its drawing programs from text: here it
 * takes setters that are written out, so that the page needs no `unsafe-eval`. And names keep the colour of the theme they were first
 * drawn in, black on black: here it is changed where they have it from. Throws when what is to be changed is no longer found there.
 */
export function mendedGraphs(): Plugin {
  return {
    name: 'mended-graphs',
    transform(code, id) {
      if (!id.endsWith(GRAPHS)) return null;
      const [, shaders] = SHADERS.exec(code) ?? [];
      if (!shaders || !STYLES.test(code))
        throw new Error(`${id} has changed: pixi's shader system and the styles are to be found by build/graphs.ts.`);
      return `import { syncUniforms } from '${SETTERS}';
${code.replace(STYLES, 'Object.assign($1, $2), $3')}
Object.assign(${shaders}.prototype, {
  systemCheck() {},
  syncUniforms(group, program) {
    syncUniforms(group, this.shader.program.uniformData, program.uniformData, group.uniforms, this.renderer);
  },
});`;
    },
  };
}
