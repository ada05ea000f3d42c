import { Evaluation } from '../jinja/evaluate.ts';
import { FILTERS } from '../jinja/filters.ts';
import { humanizeFilters } from '../jinja/humanize.ts';
import { parseTemplate } from '../jinja/parse.ts';
import { Namespace } from '../jinja/things.ts';
import { asNumber, type Filter, fromPlain, PythonError, text, type Value } from '../jinja/values.ts';
import { boundLoops, TemplateError } from './template-bounds.ts';
import { isTemplate } from './template-recipes.ts';

const MAX_RANGE = 100;

export interface Rendering {
  /** Filters beside Jinja's own. */
  readonly filters?: Readonly<Record<string, Filter>>;
  /** What "ago" is counted from. */
  readonly now?: Date;
}

/**
 * Renders a Jinja template with nothing in reach but the language itself and a context of plain values and `Thing`s: no files, nothing of
 * the host. Values print as Python prints them; undefined names and everything below them are empty. Loops are bounded as Prefect bounds
 * them, and so are the steps and the length of the text, so that a template cannot keep the server busy. Throws `TemplateError`, for what
 * Python would raise with its `repr`. Follows Prefect's `server/utilities/user_templates.py` and Jinja's own filters, tests and globals.
 */
export function renderTemplate(
  template: string,
  context: Readonly<Record<string, unknown>> = {},
  { filters = {}, now = new Date(0) }: Rendering = {},
): string {
  if (!isTemplate(template)) return template;
  try {
    const program = parseTemplate(template);
    boundLoops(program);
    const names = new Map(
      [...Object.entries(GLOBALS), ...Object.entries(context)].map(([name, value]) => [name, fromPlain(value)]),
    );
    return new Evaluation({ ...FILTERS, ...humanizeFilters(now), ...filters }, names).run(program);
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const GLOBALS: Readonly<Record<string, Value>> = {
  range: (args) => range(args.map((arg) => asNumber(arg) ?? 0)),
  dict: (_args, named) => new Map(named),
  namespace: (_args, named) => new Namespace(named),
  joiner: ([separator]) => {
    let isFirst = true;
    return () => {
      const given = isFirst ? '' : text(separator ?? ', ');
      isFirst = false;
      return given;
    };
  },
};

/** Python's `range`, refused when it is long. */
function range(args: readonly number[]): number[] {
  const [start, end, step] = args.length === 1 ? [0, args[0]!, 1] : [args[0] ?? 0, args[1] ?? 0, args[2] ?? 1];
  const length = step === 0 ? 0 : Math.max(0, Math.ceil((end - start) / step));
  if (length > MAX_RANGE) {
    throw new PythonError(
      'OverflowError',
      `Range too big. The sandbox blocks ranges larger than MAX_TEMPLATE_RANGE=${MAX_RANGE}.`,
    );
  }
  return Array.from({ length }, (_, index) => start + index * step);
}
