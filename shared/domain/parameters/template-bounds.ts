/** A template that cannot be read or rendered; `message` says why. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const MAX_LOOPS = 10;
const MAX_LOOP_DEPTH = 2;

/** Throws `TemplateError` when a parsed template has more or deeper loops than Prefect allows. */
export function boundLoops(program: unknown): void {
  const depths = loopDepths(program, 0);
  if (depths.length > MAX_LOOPS) {
    throw new TemplateError(
      `Contains ${depths.length} for loops. Templates can contain no more than ${MAX_LOOPS} for loops.`,
    );
  }
  const deepest = Math.max(0, ...depths);
  if (deepest > MAX_LOOP_DEPTH) {
    throw new TemplateError(
      `Contains nested for loops at a depth of ${deepest}. ` +
        `Templates can nest for loops no more than ${MAX_LOOP_DEPTH} loops deep.`,
    );
  }
}

/** The depth of every `for` in the syntax tree, the outermost being 1. */
function loopDepths(node: unknown, depth: number): number[] {
  if (typeof node !== 'object' || node === null) return [];
  const isLoop = (node as { type?: unknown }).type === 'For';
  const inner = isLoop ? depth + 1 : depth;
  return [...(isLoop ? [inner] : []), ...Object.values(node).flatMap((child) => loopDepths(child, inner))];
}
