import { isJsonObject, type Json, type JsonObject } from '../domain/json/json.ts';
import { TargetError } from './target-error.ts';

/** One thing that is wrong with a job: where, as a dotted path (`task_definition.cpu`), and a sentence that says the remedy. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/**
 * A cloud's pure `parse`. `complete` is false when a pool is saved: then what is missing may still come from job variables, and
 * only what is there can be wrong; before a submission it is true.
 */
export type Parse<T> = (job: JsonObject, options: ParseOptions) => Parsed<T>;

export interface ParseOptions {
  readonly complete: boolean;
  /** ARNs of the roles beside `/pushpool/` that this home's own role may hand to tasks (rule 30). @default any role */
  readonly passRoles?: readonly string[] | undefined;
}

/** What each cloud's pure `parse.ts` gives: the job as its own type, or every problem at once. */
export type Parsed<T> = { readonly job: T } | { readonly problems: readonly Problem[] };

/** The parsed job; throws `TargetError('invalid')` that names every problem. `cloud` as people call it. */
export function parsedOrRefused<T>(parsed: Parsed<T>, cloud: string): T {
  if ('job' in parsed) return parsed.job;
  throw new TargetError('invalid', `The job does not suit ${cloud}. ${sentences(parsed.problems)}`);
}

export const sentences = (problems: readonly Problem[]): string =>
  problems.map(({ path, message }) => `${path}: ${message}`).join(' ');

/**
 * Reads fields of a job and notes what is wrong with them, so that all problems come at once. Missing, null and empty texts are
 * null: an unset variable removes its key.
 */
export class JobReader {
  readonly problems: Problem[] = [];

  problem(path: string, message: string): null {
    this.problems.push({ path, message });
    return null;
  }

  text(from: JsonObject, key: string, path = key): string | null {
    const value = from[key];
    if (isUnset(value)) return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.problem(path, 'must be a text.');
  }

  number(from: JsonObject, key: string, path = key): number | null {
    const value = from[key];
    if (isUnset(value)) return null;
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    return this.problem(path, 'must be a number.');
  }

  boolean(from: JsonObject, key: string, path = key): boolean | null {
    const value = from[key];
    if (isUnset(value)) return null;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    return this.problem(path, 'must be true or false.');
  }

  object(from: JsonObject, key: string, path = key): JsonObject | null {
    const value = from[key];
    if (isUnset(value)) return null;
    return isJsonObject(value) ? value : this.problem(path, 'must be an object.');
  }

  list(from: JsonObject, key: string, path = key): Json[] | null {
    const value = from[key];
    if (isUnset(value)) return null;
    return Array.isArray(value) ? value : this.problem(path, 'must be a list.');
  }

  /** An object of texts, e.g. `env` and `labels`; numbers and booleans are spelled out, nulls are left out. */
  texts(from: JsonObject, key: string, path = key): Record<string, string> {
    const texts: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.object(from, key, path) ?? {})) {
      if (value === null) continue;
      texts[name] = typeof value === 'string' ? value : JSON.stringify(value);
    }
    return texts;
  }

  /** `job` when nothing was wrong. */
  result<T>(job: T): Parsed<T> {
    return this.problems.length === 0 ? { job } : { problems: this.problems };
  }
}

const isUnset = (value: Json | undefined): value is undefined | null | '' =>
  value === undefined || value === null || value === '';
