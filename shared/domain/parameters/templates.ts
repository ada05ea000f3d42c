import { jinja } from '../libraries.ts';

/** A template that cannot be read or rendered; `message` says why. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** A function of the context whose name begins so is a filter of the rest of the name. */
export const FILTER = '|';

const MAX_RANGE = 100;
const MAX_LOOPS = 10;
const MAX_LOOP_DEPTH = 2;

/**
 * Renders a Jinja template with nothing in reach but the language itself and a context of plain values: no files, nothing of the host.
 * Undefined names and everything below them are empty. Loops are bounded as Prefect bounds them, so that a template cannot
 * keep the server busy. Functions of the context named as `FILTER` says are filters beside Jinja's own. Throws `TemplateError`. Follows Prefect's `server/utilities/user_templates.py`; constants print as
 * `True`, `False` and `None` only inside lists and objects.
 */
export function renderTemplate(template: string, context: Readonly<Record<string, unknown>> = {}): string {
  if (!template.includes('{{') && !template.includes('{%')) return template;
  const { Environment, Interpreter, parse, tokenize } = jinja();
  try {
    const program = parse(tokenize(template));
    boundLoops(program);
    callFilters(program, context);
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...GLOBALS, ...context })) environment.set(name, value);
    return String(new Interpreter(environment).run(program).value);
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const GLOBALS: Record<string, unknown> = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  range: (...args: unknown[]) => range(args.filter((arg) => typeof arg === 'number')),
};

/** The engine knows its own filters only: those of the context become calls of their functions, within the syntax tree. */
function callFilters(node: unknown, context: Readonly<Record<string, unknown>>): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, filter, operand } = node as {
    type?: string;
    filter?: { type: string; value: string };
    operand?: unknown;
  };
  if (type === 'FilterExpression' && filter?.type === 'Identifier' && FILTER + filter.value in context) {
    const callee = { type: 'Identifier', value: FILTER + filter.value };
    Object.defineProperties(
      node,
      Object.getOwnPropertyDescriptors({ type: 'CallExpression', callee, args: [operand] }),
    );
  }
  for (const child of Object.values(node)) callFilters(child, context);
}

/** Python's `range`, refused when it is long. */
function range(args: readonly number[]): number[] {
  const [start, end, step] = args.length === 1 ? [0, args[0]!, 1] : [args[0] ?? 0, args[1] ?? 0, args[2] ?? 1];
  const length = step === 0 ? 0 : Math.max(0, Math.ceil((end - start) / step));
  if (length > MAX_RANGE) throw new TemplateError(`Range too big. Ranges may not be longer than ${MAX_RANGE}.`);
  return Array.from({ length }, (_, index) => start + index * step);
}

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
