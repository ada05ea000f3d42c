import type * as z from 'zod/mini';
import { ClientError } from '../../shared/domain/errors.ts';
import { pythonJsonProblem } from '../../shared/domain/json/python-json.ts';
import { pageSizeProblem } from '../../shared/domain/page-size.ts';
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

/** Reads the parts of one request, in Prefect's order path, query, body; what is wrong in any of them is said of all together. */
export class RequestReader {
  readonly #problems: Problem[] = [];
  readonly #requestBody: unknown;

  constructor(requestBody: unknown) {
    this.#requestBody = requestBody;
  }

  /**
   * The value as its schema has it; `where` begins every location. `inParts`: each key is a parameter of its own for FastAPI, so that
   * one that is null is missing, and one that is missing is missing from nothing. Throws 422 for a page of a size that is none.
   */
  read(schema: z.ZodMiniType, given: unknown, where: 'body' | 'query' | 'path', inParts = false): unknown {
    const value = inParts ? withoutNulls(given) : given;
    const result = schema.safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    const problems = result.error.issues.flatMap((issue) => {
      if (issue.message === 'page_size') throw new ClientError('invalid', pageSizeProblem(Number(issue.input)) ?? '');
      return toProblems(issue, value, [where]);
    });
    this.#problems.push(...(inParts ? problems.map(asPart) : problems));
    return undefined;
  }

  /** Throws `InvalidRequest` when something was wrong. */
  end(): void {
    if (this.#problems.length > 0) throw new InvalidRequest(this.#problems, this.#requestBody);
  }
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}

function asPart(problem: Problem): Problem {
  return problem.loc.length === 2 && problem.type === 'missing' ? { ...problem, input: null } : problem;
}
