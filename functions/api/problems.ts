import type * as z from 'zod/mini';
import { uuidProblem } from '../../shared/domain/uuid-problem.ts';

/** One problem of a request as FastAPI and pydantic report it; clients print `loc` and `msg`. */
export interface Problem {
  type: string;
  loc: (string | number)[];
  msg: string;
  input?: unknown;
  ctx?: Record<string, unknown>;
}

type Issue = z.core.$ZodIssue;

/** What pydantic calls the problem, and its sentence. */
export function toProblems(issue: Issue, root: unknown, prefix: (string | number)[]): Problem[] {
  const loc = [...prefix, ...(issue.path as (string | number)[])];
  const input = at(root, issue.path as (string | number)[]);
  if (issue.message === 'datetime_from_date_parsing' && input !== undefined)
    return [{ ...timeProblem(input), loc, input }];
  switch (issue.code) {
    case 'invalid_type':
      if (input === undefined) return [missing(issue, root, loc)];
      return [{ ...typeProblem(issue, input), loc, input }];
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
      if (input === undefined) return [missing(issue, root, loc)];
      const type = issue.message === 'literal_error' ? 'literal_error' : 'enum';
      return [{ type, loc, msg: `Input should be ${expected}`, input, ctx: { expected } }];
    }
    case 'too_big':
      if (issue.message === 'value_too_long') return [valueTooLong(issue, loc, input)];
      return [sizeProblem(issue, loc, input, 'less than or equal to', 'at most', 'long')];
    case 'too_small':
      return [sizeProblem(issue, loc, input, 'greater than or equal to', 'at least', 'short')];
    case 'invalid_format':
      if (issue.message === 'uuid_parsing') {
        const error = uuidProblem(String(input));
        return [{ type: 'uuid_parsing', loc, msg: `Input should be a valid UUID, ${error}`, input, ctx: { error } }];
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
      if (input === undefined) return [missing(issue, root, loc)];
      return (issue.errors[0] ?? []).flatMap((inner) => toProblems(inner, input, loc));
    default:
      if (issue.message === 'bool_parsing') return [{ ...UNREADABLE_FLAG, loc, input }];
      return [{ ...valueProblem(issue.message), loc, input }];
  }
}

/** What a check of Prefect's own says of the whole. */
export function valueProblem(message: string): Problem {
  return { type: 'value_error', loc: [], msg: `Value error, ${message}`, ctx: { error: {} } };
}

function timeProblem(input: unknown): Pick<Problem, 'type' | 'msg' | 'ctx'> {
  if (typeof input !== 'string') return { type: 'value_error', msg: 'value is not a valid datetime' };
  return { type: 'value_error', msg: `Value error, Unable to parse string [${input}]`, ctx: { error: {} } };
}

/** No member of a union is told by the tag that was given. */
function unknownTag(discriminator: string, loc: (string | number)[], input: unknown): Problem {
  const tag = (input as Record<string, unknown> | null)?.[discriminator];
  const msg = `Input tag '${tag}' found using '${discriminator}' does not match any of the expected tags`;
  return { type: 'union_tag_invalid', loc: loc.slice(0, -1), msg, input };
}

/** pydantic shows what the field is missing from. */
function missing(issue: Issue, root: unknown, loc: (string | number)[]): Problem {
  const input = at(root, issue.path.slice(0, -1) as (string | number)[]) ?? null;
  return { type: 'missing', loc, msg: 'Field required', input };
}

/** pydantic tries to read numbers and booleans from text, and says so when it cannot; `message` tells whole numbers from others. */
function typeProblem(issue: Extract<Issue, { code: 'invalid_type' }>, input: unknown): Pick<Problem, 'type' | 'msg'> {
  if (issue.message === 'uuid_type') {
    return { type: 'uuid_type', msg: 'UUID input should be a string, bytes or UUID object' };
  }
  if (issue.message === 'time_delta') {
    return typeof input === 'string'
      ? { type: 'time_delta_parsing', msg: 'Input should be a valid timedelta, invalid digit in duration' }
      : { type: 'time_delta_type', msg: 'Input should be a valid timedelta' };
  }
  if (issue.message === 'bytes') return { type: 'bytes_type', msg: 'Input should be a valid bytes' };
  const whole = issue.message === 'integer';
  if (whole && typeof input === 'number') {
    return { type: 'int_from_float', msg: 'Input should be a valid integer, got a number with a fractional part' };
  }
  if (whole && typeof input === 'string') {
    return { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' };
  }
  if (issue.expected === 'number' && !whole && typeof input === 'string') {
    return { type: 'float_parsing', msg: 'Input should be a valid number, unable to parse string as a number' };
  }
  if (issue.expected === 'boolean' && (typeof input === 'string' || Number.isInteger(input))) {
    return UNREADABLE_FLAG;
  }
  const expected = whole ? 'int' : issue.expected;
  return TYPE_PROBLEMS[expected] ?? { type: 'value_error', msg: `Input should be ${expected}` };
}

const UNREADABLE_FLAG = {
  type: 'bool_parsing',
  msg: 'Input should be a valid boolean, unable to interpret input',
};

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
    const actual_length = (input as unknown[]).length;
    return {
      type: `too_${length}`,
      loc,
      msg: `List should have ${count} ${bound} item${bound === 1 ? '' : 's'} after validation, not ${actual_length}`,
      input,
      ctx: { [key]: bound, actual_length, field_type: 'List' },
    };
  }
  const strict = issue.inclusive === false;
  const words = strict ? compare.replace(' or equal to', '') : compare;
  const type = words.replaceAll(' or equal to', '_equal').replaceAll(' ', '_');
  const key = `${length === 'long' ? 'l' : 'g'}${strict ? 't' : 'e'}`;
  return { type, loc, msg: `Input should be ${words} ${bound}`, input, ctx: { [key]: bound } };
}

/** What pydantic says when a check of Prefect's stands before the check of a length. */
function valueTooLong(issue: Extract<Issue, { code: 'too_big' }>, loc: Problem['loc'], input: unknown): Problem {
  const [max_length, actual_length] = [Number(issue.maximum), String(input).length];
  const msg = `Value should have at most ${max_length} items after validation, not ${actual_length}`;
  return { type: 'too_long', loc, msg, input, ctx: { field_type: 'Value', max_length, actual_length } };
}

function at(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
    root,
  );
}
