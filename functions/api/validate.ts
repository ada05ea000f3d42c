import type * as z from 'zod/mini';
import { pythonJsonProblem } from '../../shared/domain/python-json.ts';
import { type Problem, toProblems } from './problems.ts';

/** The request does not have the shape its operation asks for: 422 with every problem at once. */
export class InvalidRequest extends Error {
  readonly problems: Problem[];
  readonly requestBody: unknown;

  constructor(problems: Problem[], requestBody: unknown) {
    super('Invalid request received.');
    this.problems = problems;
    this.requestBody = requestBody;
  }
}

/** Parses the body's text. Throws `InvalidRequest` for what is not JSON, naming the place in Python's words. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Python takes NaN and Infinity, which are no JSON: then our own sentence stands.
    const { message, position } = pythonJsonProblem(text) ?? { message: (error as SyntaxError).message, position: 0 };
    const problem = {
      type: 'json_invalid',
      loc: ['body', position],
      msg: 'JSON decode error',
      input: {},
      ctx: { error: message },
    };
    throw new InvalidRequest([problem], text);
  }
}

/**
 * Validates a value against its schema; `where` begins every location. `inParts`: each key is a parameter of its own for FastAPI,
 * so that one that is missing is missing from nothing.
 */
export function validate<Output>(
  schema: z.ZodMiniType<Output>,
  value: unknown,
  where: 'body' | 'query' | 'path',
  requestBody: unknown,
  inParts = false,
): Output {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => toProblems(issue, value, [where]));
  throw new InvalidRequest(inParts ? problems.map(asPart) : problems, requestBody);
}

/** FastAPI takes a part that is null for one that is missing. */
function asPart(problem: Problem): Problem {
  const { loc, type, input } = problem;
  if (loc.length !== 2 || (type !== 'missing' && input !== null)) return problem;
  return { type: 'missing', loc, msg: 'Field required', input: null };
}
