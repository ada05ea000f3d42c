import type * as z from 'zod/mini';

/** One problem of a request as FastAPI and pydantic report it; clients print `loc` and `msg`. */
export interface Problem {
  type: string;
  loc: (string | number)[];
  msg: string;
  input?: unknown;
  ctx?: Record<string, unknown>;
}

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

/** Parses the body's text. Throws `InvalidRequest` for what is not JSON, naming the place. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
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

/** Validates a value against its schema; `where` begins every location. */
export function validate<Output>(
  schema: z.ZodMiniType<Output>,
  value: unknown,
  where: 'body' | 'query',
  requestBody: unknown,
): Output {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => toProblems(issue, value, [where]));
  throw new InvalidRequest(problems, requestBody);
}

type Issue = z.core.$ZodIssue;

/** What pydantic calls the problem, and its sentence. */
function toProblems(issue: Issue, root: unknown, prefix: (string | number)[]): Problem[] {
  const loc = [...prefix, ...(issue.path as (string | number)[])];
  const input = at(root, issue.path as (string | number)[]);
  switch (issue.code) {
    case 'invalid_type':
      if (input === undefined) {
        return [
          {
            type: 'missing',
            loc,
            msg: 'Field required',
            input: at(root, issue.path.slice(0, -1) as (string | number)[]) ?? null,
          },
        ];
      }
      return [
        {
          ...(TYPE_PROBLEMS[issue.expected] ?? { type: 'value_error', msg: `Input should be ${issue.expected}` }),
          loc,
          input,
        },
      ];
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        type: 'extra_forbidden',
        loc: [...loc, key],
        msg: 'Extra inputs are not permitted',
        input: (input as Record<string, unknown>)[key],
      }));
    case 'invalid_value': {
      const values = issue.values.map((value) => `'${String(value)}'`);
      const expected = values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : (values[0] ?? '');
      if (input === undefined) return [{ type: 'missing', loc, msg: 'Field required', input: null }];
      return [{ type: 'enum', loc, msg: `Input should be ${expected}`, input, ctx: { expected } }];
    }
    case 'too_big':
      return [sizeProblem(issue, loc, input, 'less than or equal to', 'at most', 'long')];
    case 'too_small':
      return [sizeProblem(issue, loc, input, 'greater than or equal to', 'at least', 'short')];
    case 'invalid_format':
      if (issue.message === 'uuid_parsing') {
        return [{ type: 'uuid_parsing', loc, msg: 'Input should be a valid UUID', input }];
      }
      return [
        {
          type: 'string_pattern_mismatch',
          loc,
          msg: `String should match pattern '${String(issue.pattern ?? '').replace(/^\/|\/$/g, '')}'`,
          input,
          ctx: { pattern: String(issue.pattern ?? '').replace(/^\/|\/$/g, '') },
        },
      ];
    case 'invalid_union':
      if (issue.discriminator && issue.errors.length === 0) return [unknownTag(issue.discriminator, loc, input)];
      return (issue.errors[0] ?? []).flatMap((inner) => toProblems(inner, input, loc));
    default:
      if (issue.message === 'datetime_from_date_parsing') {
        return [{ type: 'datetime_from_date_parsing', loc, msg: 'Input should be a valid datetime or date', input }];
      }
      return [{ type: 'value_error', loc, msg: `Value error, ${issue.message}`, input, ctx: { error: {} } }];
  }
}

/** No member of a union is told by the tag that was given. */
function unknownTag(discriminator: string, loc: (string | number)[], input: unknown): Problem {
  const tag = (input as Record<string, unknown> | null)?.[discriminator];
  const msg = `Input tag '${tag}' found using '${discriminator}' does not match any of the expected tags`;
  return { type: 'union_tag_invalid', loc: loc.slice(0, -1), msg, input };
}

const TYPE_PROBLEMS: Record<string, { type: string; msg: string }> = {
  string: { type: 'string_type', msg: 'Input should be a valid string' },
  number: { type: 'float_type', msg: 'Input should be a valid number' },
  int: { type: 'int_type', msg: 'Input should be a valid integer' },
  boolean: { type: 'bool_type', msg: 'Input should be a valid boolean' },
  array: { type: 'list_type', msg: 'Input should be a valid list' },
  object: {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
  },
  record: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
};

function sizeProblem(
  issue: Extract<Issue, { code: 'too_big' | 'too_small' }>,
  loc: (string | number)[],
  input: unknown,
  compare: string,
  count: string,
  length: string,
): Problem {
  const bound = Number('maximum' in issue ? issue.maximum : issue.minimum);
  if (issue.origin === 'string') {
    const key = length === 'long' ? 'max_length' : 'min_length';
    return {
      type: `string_too_${length}`,
      loc,
      msg: `String should have ${count} ${bound} characters`,
      input,
      ctx: { [key]: bound },
    };
  }
  if (issue.origin === 'array') {
    const key = length === 'long' ? 'max_length' : 'min_length';
    return {
      type: `too_${length}`,
      loc,
      msg: `List should have ${count} ${bound} items after validation`,
      input,
      ctx: { [key]: bound },
    };
  }
  const strict = issue.inclusive === false;
  const words = strict ? compare.replace(' or equal to', '') : compare;
  const type = words.replaceAll(' or equal to', '_equal').replaceAll(' ', '_');
  const key = `${length === 'long' ? 'l' : 'g'}${strict ? 't' : 'e'}`;
  return { type, loc, msg: `Input should be ${words} ${bound}`, input, ctx: { [key]: bound } };
}

function at(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
    root,
  );
}
